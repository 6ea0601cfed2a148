-- The guards of the store on PostgreSQL. A history row is the move: these triggers check it and carry it out.
--
-- Each row is checked before it goes in, against its dossier as it stands; what follows from all rows of a
-- statement is done at once when they are in (a thousand rows of one decision move a fund once, not a thousand
-- times). A statement may hold one row of a dossier: the second one finds the dossier as it was.
--
-- Functions that triggers run fix their search_path, so that no temporary table or foreign schema can stand in
-- for ours, and they fire even under session_replication_role = replica (ENABLE ALWAYS). Comparisons that may
-- meet NULL use IS DISTINCT FROM: "NULL <> 1" would skip a check. Expressions without a query in them cost
-- plpgsql a tenth of those with one.
-- Marks between two @ are put in by db.ddl: shapes of db.leaf, and (…_TEXT) what writes their one text.

CREATE FUNCTION kc_canonical(j jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE made text;
BEGIN
  -- The one text of any object or array; a part that may not be in a leaf (a fraction, a key beyond ASCII) is left
  -- out, so that the result differs from any text. plpgsql keeps its plans; as plain SQL this took four times as long.
  IF j IN ('{}', '[]') THEN
    RETURN j::text;
  ELSIF jsonb_typeof(j) = 'object' THEN
    SELECT string_agg(
      CASE WHEN octet_length(e.key) = length(e.key) THEN to_json(e.key)::text END || ':' || CASE jsonb_typeof(e.value)
        WHEN 'object' THEN public.kc_canonical(e.value)
        WHEN 'array' THEN public.kc_canonical(e.value)
        WHEN 'number' THEN public.kc_number(e.value::text)
        ELSE e.value::text END,
      ',' ORDER BY e.key COLLATE "C") INTO made
    FROM jsonb_each(j) e;
    RETURN '{' || coalesce(made, '') || '}';
  ELSIF jsonb_typeof(j) = 'array' THEN
    SELECT string_agg(
      CASE jsonb_typeof(e.value)
        WHEN 'object' THEN public.kc_canonical(e.value)
        WHEN 'array' THEN public.kc_canonical(e.value)
        WHEN 'number' THEN public.kc_number(e.value::text)
        ELSE e.value::text END,
      ',' ORDER BY e.n) INTO made
    FROM jsonb_array_elements(j) WITH ORDINALITY AS e(value, n);
    RETURN '[' || coalesce(made, '') || ']';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_number(n text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- A whole number within ±(2^53−1), or nothing.
  RETURN CASE WHEN length(n) <= 17 AND n ~ '^-?[0-9]+$' THEN CASE WHEN abs(n::bigint) <= 9007199254740991 THEN n END END;
END $$;

CREATE FUNCTION kc_shape(j jsonb, spec jsonb, exact boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether an object has the keys of `spec`, each of one of the types named there (and no other keys).
  RETURN jsonb_typeof(j) = 'object'
    AND NOT EXISTS (SELECT 1 FROM jsonb_each_text(spec) s
      WHERE position(coalesce(jsonb_typeof(j -> s.key), 'missing') IN s.value) = 0)
    AND (NOT exact OR (SELECT count(*) FROM jsonb_object_keys(j)) = (SELECT count(*) FROM jsonb_object_keys(spec)));
END $$;

CREATE FUNCTION kc_day(day text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- An impossible date is an error of its own, and refuses the row as well.
  RETURN translate(day, '123456789', '000000000') = '0000-00-00' AND day::date IS NOT NULL;
END $$;

CREATE FUNCTION kc_composed(leaf text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether a text is in composed form (NFC). Letters of Latin script and usual punctuation are, in any order;
  -- looking for others takes a fifth of the time.
  RETURN leaf !~ '[^\x01-\u02ff\u1e00-\u1eff\u2010-\u2027\u20ab]' OR leaf IS NFC NORMALIZED;
END $$;

CREATE FUNCTION kc_paper(p jsonb) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- The one text of a paper, or NULL when it is none.
  IF p ->> 'kind' <> ''
      AND (p ->> 'date' IS NULL OR public.kc_day(p ->> 'date'))
      AND coalesce(p ->> 'conclusion', 'agreed') IN ('agreed', 'not_agreed')
      AND (p ->> 'file' IS NULL OR (length(p ->> 'file') = 64 AND p ->> 'file' !~ '[^0-9a-f]')) THEN
    RETURN @PAPER_TEXT@;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_papers(papers jsonb) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE made text := ''; p jsonb;
BEGIN
  -- The one text of a list of papers, or NULL.
  IF papers = '[]' THEN
    RETURN '[]';
  ELSIF jsonb_typeof(papers) <> 'array' THEN
    RETURN NULL;
  END IF;
  FOR p IN SELECT e.value FROM jsonb_array_elements(papers) WITH ORDINALITY AS e(value, n) ORDER BY e.n LOOP
    made := made || ',' || public.kc_paper(p);
  END LOOP;
  RETURN '[' || substr(made, 2) || ']';
END $$;

CREATE FUNCTION kc_amount(p jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  kind text := p ->> 'kind'; after bigint := public.kc_number(p ->> 'after'); dong bigint := public.kc_number(p ->> 'dong');
  before bigint := public.kc_number(p ->> 'before');
BEGIN
  -- The one text of an amount, or NULL when it is none: an approval sets it, every other kind adds to it.
  IF kind IN ('approved', 'allocated', 'contracted', 'advanced', 'accepted', 'settled', 'returned')
      AND after >= 0 AND (dong >= 0 OR kind IN ('approved', 'allocated', 'contracted'))
      AND after = dong + (CASE kind WHEN 'approved' THEN 0 ELSE coalesce(before, 0) END)
      AND (before IS NULL) = (p ->> 'before' IS NULL)
      AND (p ->> 'round' IS NULL OR public.kc_number(p ->> 'round') IS NOT NULL) THEN
    RETURN @AMOUNT_TEXT@;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_due(p jsonb, past boolean) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- The one text of a date due, or (`past`) of one that was met or missed; NULL when it is none.
  IF public.kc_day(p ->> 'on') AND p ->> 'kind' IN ('law', 'policy') THEN
    RETURN CASE WHEN NOT past THEN @DUE_TEXT@ WHEN p ->> 'met' IN ('true', 'false') THEN @DEADLINE_TEXT@ END;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_codes(codes jsonb, filled boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether these are different codes; without `filled` there may be none.
  IF jsonb_typeof(codes) <> 'array' OR NOT (filled OR codes = '[]') THEN
    RETURN false;
  ELSIF jsonb_array_length(codes) <= 2 THEN
    RETURN coalesce(jsonb_typeof(codes -> 0), 'string') = 'string' AND coalesce(jsonb_typeof(codes -> 1), 'string') = 'string'
      AND codes ->> 0 IS DISTINCT FROM '' AND codes ->> 1 IS DISTINCT FROM ''
      AND (codes = '[]' OR codes ->> 0 IS DISTINCT FROM codes ->> 1);
  END IF;
  RETURN (SELECT count(*) = count(DISTINCT e) AND bool_and(jsonb_typeof(e) = 'string' AND e <> '""')
    FROM jsonb_array_elements(codes) e);
END $$;

CREATE FUNCTION kc_refs(refs jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE charges text; via text;
BEGIN
  -- The one text of what a leaf refers to, or NULL. Charges by a decision are written straight away: where no code
  -- has a comma and a space in it, what separates the codes is all that differs from PostgreSQL's own text.
  IF refs - '{charges,via}'::text[] = '{}' AND refs ?& '{charges,via}' AND jsonb_typeof(refs -> 'via') = 'string'
      AND public.kc_codes(refs -> 'charges', true) THEN
    charges := (refs -> 'charges')::text;
    IF array_length(string_to_array(charges, ', '), 1) = jsonb_array_length(refs -> 'charges') THEN
      RETURN '{"charges":' || replace(charges, ', ', ',') || ',"via":' || (refs -> 'via')::text || '}';
    END IF;
  END IF;
  RETURN CASE jsonb_typeof(refs) WHEN 'object' THEN public.kc_canonical(refs) END;
END $$;

CREATE FUNCTION kc_is_clock(c jsonb) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE spec jsonb; act text;
BEGIN
  -- Whether this is what a supervisor or the program did about a dossier's time.
  act := CASE jsonb_typeof(c -> 'act') WHEN 'string' THEN c ->> 'act' END;
  spec := '@CLOCK@'::jsonb -> act;
  IF spec IS NULL OR public.kc_shape(c, spec, true) IS NOT TRUE THEN
    RETURN false;
  END IF;
  RETURN CASE act
    WHEN 'hold' THEN public.kc_day(c ->> 'from') AND public.kc_day(c ->> 'until')
      AND c ->> 'from' <= c ->> 'until' AND c ->> 'party' <> ''
    WHEN 'lift' THEN (c ->> 'hold')::bigint > 0 AND public.kc_day(c ->> 'on')
    WHEN 'reassign' THEN (c ->> 'holder' IS NULL) = (c ->> 'holder_name' IS NULL) AND coalesce(c ->> 'holder', '-') <> ''
    WHEN 'recount' THEN c ->> 'cause' IN ('rule', 'calendar', 'hold', 'contract')
      AND (c ->> 'before' IS NULL OR (public.kc_shape(c -> 'before', '@DUE@', true)
        AND public.kc_day(c #>> '{before,on}') AND c #>> '{before,kind}' IN ('law', 'policy')))
    ELSE c -> 'to' <> '[]' AND public.kc_codes(c -> 'to', true)
      AND (act = 'remind' OR (c ->> 'level')::bigint BETWEEN 1 AND 3) END;
END $$;

CREATE FUNCTION kc_parts(r kc_leaf) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether what is free inside a leaf keeps to what the store itself needs of it.
  IF r.changes IS NOT NULL AND jsonb_typeof(r.changes) <> 'object' THEN
    RETURN false;
  ELSIF r.content IS NOT NULL AND (public.kc_shape(r.content, '@CONTENT@', false)
      AND coalesce(jsonb_typeof(r.content -> 'import_key'), 'null') IN ('null', 'string')
      AND (r.content ->> 'total')::bigint >= 0 AND (r.content ->> 'requested')::bigint >= 0) IS NOT TRUE THEN
    RETURN false;
  END IF;
  RETURN coalesce(jsonb_typeof(r.refs -> 'folded'), 'string') = 'string'
    AND (r.refs -> 'charges' IS NULL OR public.kc_codes(r.refs -> 'charges', r.amount IS NOT NULL))
    AND (r.refs -> 'clock' IS NULL OR (r.action = 'note' AND public.kc_is_clock(r.refs -> 'clock')));
END $$;

CREATE FUNCTION kc_form(leaf text, r kc_leaf) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- (A pattern that counts, like [0-9]{64}, takes longer to get ready than all the rest.)
  -- Whether a leaf is in the agreed form: what db.leaf.seal accepts. `r` is what was read from it; it is the leaf
  -- when the one text that can be made of it is the leaf's: any other key, type, order or spelling makes another.
  RETURN octet_length(leaf) <= 32768
    AND '' NOT IN (r.dossier, r.lifecycle, r.action, r."to", r.actor, r.actor_name, r.role, r.office, r.office_name,
      r.waits_for, r.request)
    AND r.v = '1'
    AND public.kc_number(r.seq)::bigint > 0 AND public.kc_number(r.budget_year)::bigint > 0
    AND public.kc_number(r.edited)::bigint > 0
    AND (r.corrects IS NULL OR public.kc_number(r.corrects)::bigint BETWEEN 1 AND r.seq::bigint - 1)
    AND r.system IN ('true', 'false')
    AND leaf = @LEAF_TEXT@
    AND length(r.prev) = 64 AND length(r.digest) = 64 AND length(r.fsm) = 16 AND r.prev || r.digest || r.fsm !~ '[^0-9a-f]'
    AND public.kc_day(r."on") AND public.kc_day(r.entered_on)
    AND translate(r.at, '123456789', '000000000') = '0000-00-00T00:00:00.000000Z' AND public.kc_day(left(r.at, 10))
    AND substr(r.at, 12, 2) < '24' AND substr(r.at, 15, 2) < '60' AND substr(r.at, 18, 2) < '60'
    AND coalesce(r.authority, 'TM.') IN ('TM.', 'KT.', 'TL.', 'TUQ.')
    AND coalesce(r.reason, '-') ~ '\S'
    AND (r.operator IS NULL) = (r.operator_name IS NULL)
    AND public.kc_parts(r)
    AND public.kc_composed(leaf);
END $$;

CREATE FUNCTION kc_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'KC' || '0' || substr(TG_ARGV[0], 3, 2);
END $$;

CREATE FUNCTION kc_history_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  j jsonb := NEW.leaf::jsonb; r kc_leaf; d record; no text; own text; writes boolean;
BEGIN
  IF jsonb_typeof(j) = 'object' THEN
    r := jsonb_populate_record(NULL::kc_leaf, j);
  END IF;
  IF kc_form(NEW.leaf, r) IS NOT TRUE THEN
    no := 'KC02 the leaf is not in the agreed form';
  ELSIF NEW.hash IS DISTINCT FROM encode(sha256('\x00'::bytea || convert_to(NEW.leaf, 'UTF8')), 'hex') THEN
    no := 'KC03 the hash is not the leaf''s';
  ELSE
    NEW.dossier := r.dossier;
    NEW.seq := r.seq;
    NEW.lifecycle := r.lifecycle;
    NEW.action := r.action;
    NEW.from_state := r."from";
    NEW.to_state := r."to";
    NEW.actor := r.actor;
    NEW.role := r.role;
    NEW.office := r.office;
    NEW.on_date := r."on";
    NEW.request := r.request;
    writes := r.action IN ('create', 'edit');
    SELECT o.version, o.head, o.state, o.lifecycle, o.last_on, o.digest, o.edited, o.entered_on, o.approved, o.allocated,
      o.contracted, o.advanced, o.accepted, o.settled, o.returned, m.fsm, m.needs_reason, m.second_person
    INTO d
    FROM dossier o LEFT JOIN legal_move m ON m.lifecycle = r.lifecycle AND m.action = r.action
      AND m.from_state = coalesce(r."from", '') AND m.to_state = r."to" AND m.role = r.role
      AND EXISTS (SELECT 1 FROM lifecycle_version WHERE key = r.lifecycle)
    WHERE o.code = r.dossier FOR NO KEY UPDATE OF o;
    IF NOT FOUND THEN
      SELECT fsm, needs_reason, second_person INTO d.fsm, d.needs_reason, d.second_person
      FROM legal_move WHERE lifecycle = r.lifecycle AND action = r.action AND from_state = coalesce(r."from", '')
        AND to_state = r."to" AND role = r.role AND EXISTS (SELECT 1 FROM lifecycle_version WHERE key = r.lifecycle);
    END IF;
    IF EXISTS (SELECT 1 FROM history WHERE request = r.request) THEN
      no := 'KC05 the request was carried out before';
    ELSIF NEW.seq <> coalesce(d.version, 0) + 1 THEN
      no := 'KC06 somebody moved the dossier first: seq is not the next one';
    ELSIF r.prev <> coalesce(d.head, '0000000000000000000000000000000000000000000000000000000000000000') THEN
      no := 'KC07 somebody moved the dossier first: prev is not its last leaf';
    ELSIF r."from" IS DISTINCT FROM d.state THEN
      no := 'KC08 somebody moved the dossier first: from is not its state';
    ELSIF d.lifecycle <> r.lifecycle THEN
      no := 'KC09 the dossier follows another lifecycle';
    ELSIF d.fsm IS NULL THEN
      no := 'KC10 not a legal move';
    ELSIF d.fsm <> r.fsm THEN
      no := 'KC11 made under other rules than the installed ones';
    ELSIF (r.action = 'create') <> (NEW.seq = 1) THEN
      no := 'KC12 create is the first row, and only that';
    ELSIF d.needs_reason = 1 AND r.reason IS NULL THEN
      no := 'KC13 the action needs a reason';
    ELSIF r."on" < d.last_on AND r.action NOT IN ('record_papers', 'correct', 'note') THEN
      no := 'KC14 an act before the last act';
    ELSIF writes <> (r.content IS NOT NULL) OR writes <> (r.refs -> 'folded' IS NOT NULL) THEN
      no := 'KC15 content and refs.folded belong to create and edit, and only there';
    ELSIF NOT writes AND r.digest IS DISTINCT FROM d.digest THEN
      no := 'KC04 the digest is not the content''s';
    ELSIF r.edited <> r.seq AND (writes OR r.edited::bigint IS DISTINCT FROM d.edited) THEN
      no := 'KC16 edited is neither this row nor the one before';
    ELSIF r.entered_on <> r."on" AND (r."from" IS DISTINCT FROM r."to" OR r.entered_on <> d.entered_on) THEN
      no := 'KC17 entered_on is neither this act nor the one before';
    ELSIF r.amount IS NOT NULL AND coalesce((r.amount ->> 'before')::bigint, 0) IS DISTINCT FROM
        (CASE r.amount ->> 'kind'
          WHEN 'approved' THEN coalesce(d.approved, 0)
          WHEN 'allocated' THEN d.allocated
          WHEN 'contracted' THEN d.contracted
          WHEN 'advanced' THEN d.advanced
          WHEN 'accepted' THEN d.accepted
          WHEN 'settled' THEN d.settled
          WHEN 'returned' THEN d.returned END) THEN
      no := 'KC18 amount.before is not the present amount';
    ELSIF r.action = 'note' THEN
      no := kc_noted(j, r.dossier);
    END IF;
    IF no IS NULL AND d.second_person = 1 THEN
      no := kc_second(r.actor, r.operator, r.dossier);
    END IF;
    IF no IS NULL AND writes THEN
      own := encode(sha256(convert_to((NEW.leaf::json -> 'content')::text, 'UTF8')), 'hex');
      IF own <> r.digest THEN
        no := 'KC04 the digest is not the content''s';
      END IF;
    END IF;
  END IF;
  IF no IS NOT NULL THEN
    RAISE EXCEPTION '%', no USING ERRCODE = 'KC0' || substr(no, 3, 2);
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION kc_second(actor text, operator text, own text) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE d dossier%ROWTYPE;
BEGIN
  -- Whether the one who proposed confirms, under whatever name: NULL, or what is wrong. An account that nobody is
  -- known by may work for several people.
  SELECT * INTO d FROM dossier WHERE code = own;
  IF actor IN (d.last_actor, d.last_operator) OR operator = d.last_actor
      OR (operator = d.last_operator AND EXISTS (SELECT 1 FROM person WHERE login = d.last_operator)
        AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'four_eyes' AND value = 'names')) THEN
    RETURN 'KC43 who proposed it can not confirm it';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_charged(owners text[], charges text) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE kinds text[]; missing bigint;
BEGIN
  -- Each kind that must be charged is, each other one only where it may be, and none twice: NULL, or what is wrong.
  IF EXISTS (SELECT 1 FROM unnest(owners) AS c(code) LEFT JOIN dossier o ON o.code = c.code
      LEFT JOIN fund f ON f.dossier = c.code WHERE f.dossier IS NULL OR o.ending <> '') THEN
    RETURN 'KC41 a charge on what has no fund or has ended';
  END IF;
  SELECT coalesce(array_agg(kind), '{}') INTO kinds FROM dossier WHERE code = ANY (owners);
  SELECT count(*) INTO missing FROM string_to_table(charges, ' ') AS k WHERE k ~ '^[^?]' AND k <> ALL (kinds);
  IF missing > 0 OR cardinality(kinds) <> (SELECT count(DISTINCT k) FROM unnest(kinds) AS k)
      OR NOT kinds <@ string_to_array(replace(charges, '?', ''), ' ') THEN
    RETURN 'KC42 not the funds that this act charges';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_noted(j jsonb, own text) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c jsonb := j #> '{refs,clock}'; act text := c ->> 'act'; d dossier%ROWTYPE;
BEGIN
  -- A note moves nothing, except what a clock note says: NULL, or what is wrong.
  SELECT * INTO d FROM dossier WHERE code = own;
  IF (j ->> 'entered_on', j ->> 'waits_for', j ->> 'return_to', (j ->> 'budget_year')::bigint, (j ->> 'edited')::bigint)
      IS DISTINCT FROM (d.entered_on, d.waits_for, d.return_to, d.budget_year, d.edited) OR j ->> 'amount' IS NOT NULL THEN
    RETURN 'KC50 a note moves nothing';
  ELSIF coalesce(act, '') NOT IN ('hold', 'lift', 'recount') AND (j #>> '{due,on}', j #>> '{due,kind}', j #>> '{due,basis}')
      IS DISTINCT FROM (d.due_on, d.due_kind, d.due_basis) THEN
    RETURN 'KC50 a note moves no deadline';
  ELSIF act = 'recount' AND (c #>> '{before,on}', c #>> '{before,kind}', c #>> '{before,basis}')
      IS DISTINCT FROM (d.due_on, d.due_kind, d.due_basis) THEN
    RETURN 'KC50 the date before is not the present one';
  ELSIF act IS NOT NULL AND d.ending <> '' THEN
    RETURN 'KC49 the clock of what has ended stands still';
  ELSIF act = 'hold' AND (c ->> 'from' < d.entered_on OR EXISTS (SELECT 1 FROM hold h
      WHERE h.dossier = d.code AND h.entered_seq = d.entered_seq AND h.from_on <= c ->> 'until'
        AND h.until_on >= c ->> 'from' AND (h.lifted_on IS NULL OR h.lifted_on > c ->> 'from'))) THEN
    RETURN 'KC49 a hold begins in the state and overlaps no other';
  ELSIF act = 'lift' AND NOT EXISTS (SELECT 1 FROM hold h
      WHERE h.dossier = d.code AND h.seq = (c ->> 'hold')::bigint AND h.entered_seq = d.entered_seq
        AND h.lifted_seq IS NULL AND c ->> 'on' BETWEEN h.from_on AND h.until_on) THEN
    RETURN 'KC49 there is no such hold to lift';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION kc_contents(codes jsonb) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Codes of contents of activity as a bit mask; anything but a small whole number is no code.
  RETURN CASE jsonb_typeof(codes) WHEN 'array' THEN coalesce((
    SELECT bit_or(1::bigint << c.code::int) FROM jsonb_array_elements_text(codes) AS c(code)
    WHERE c.code ~ '^([0-9]|[1-5][0-9]|6[01])$'), 0) ELSE 0 END;
END $$;

CREATE FUNCTION kc_clock(code text, no bigint, day text, c jsonb) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE act text := c ->> 'act'; stay bigint; done bigint;
BEGIN
  -- Carry out a clock note of a dossier that its history row has just moved.
  SELECT entered_seq INTO stay FROM dossier WHERE dossier.code = kc_clock.code;
  IF act <> 'recount' THEN
    UPDATE clock SET
      seq = no, entered_seq = stay,
      holder = CASE WHEN entered_seq = stay AND act <> 'reassign' THEN holder ELSE c ->> 'holder' END,
      reminders = CASE WHEN entered_seq = stay THEN reminders ELSE 0 END + CASE act WHEN 'remind' THEN 1 ELSE 0 END,
      reminded_on = CASE WHEN act = 'remind' THEN day WHEN entered_seq = stay THEN reminded_on END,
      level = CASE WHEN entered_seq = stay AND act <> 'escalate' THEN level ELSE coalesce((c ->> 'level')::bigint, 0) END
    WHERE dossier = code;
    IF NOT FOUND THEN
      INSERT INTO clock (dossier, seq, entered_seq, holder, reminders, reminded_on, level)
      VALUES (code, no, stay, c ->> 'holder', CASE act WHEN 'remind' THEN 1 ELSE 0 END,
        CASE act WHEN 'remind' THEN day END, coalesce((c ->> 'level')::bigint, 0));
    END IF;
  END IF;
  IF act = 'hold' THEN
    INSERT INTO hold (dossier, seq, entered_seq, party, from_on, until_on)
    VALUES (code, no, stay, c ->> 'party', c ->> 'from', c ->> 'until');
  ELSIF act = 'lift' THEN
    UPDATE hold SET lifted_on = c ->> 'on', lifted_seq = no WHERE dossier = code AND seq = (c ->> 'hold')::bigint;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> 1 THEN
      RAISE EXCEPTION 'KC20 the move was not carried out' USING ERRCODE = 'KC020';
    END IF;
  END IF;
END $$;

CREATE FUNCTION kc_history_apply() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off AS $$
DECLARE
  ids bigint[]; hashes text[]; moves kc_leaf[]; creates boolean; edits boolean; clocks boolean; paid boolean; papers boolean;
  owners text[]; enders text[]; due bigint; done bigint := 0; each record; no text;
BEGIN
  -- What the rows of one statement say is done at once, by keys: plans that suit one row suit a thousand.
  SELECT array_agg(f.id), array_agg(f.hash), array_agg(f.r), count(*), bool_or(f.action = 'create'),
    bool_or(f.action = 'edit'), bool_or(f.action = 'note' AND (f.r).refs ? 'clock'), bool_or((f.r).amount IS NOT NULL),
    bool_or((f.r).doc IS NOT NULL OR (f.r).papers <> '[]')
  INTO ids, hashes, moves, due, creates, edits, clocks, paid, papers
  FROM (SELECT id, hash, action, jsonb_populate_record(NULL::kc_leaf, leaf::jsonb) AS r FROM fresh ORDER BY id) AS f;
  IF due = 0 THEN
    RETURN NULL;
  END IF;
  -- Who charges a fund waits for whoever does, and for whoever ends its dossier; always in this order.
  owners := ARRAY(SELECT DISTINCT jsonb_array_elements_text(c.charged)
    FROM (SELECT DISTINCT refs -> 'charges' AS charged FROM unnest(moves)) AS c);
  enders := ARRAY(SELECT m.dossier FROM unnest(moves) m JOIN legal_move l ON l.lifecycle = m.lifecycle AND l.action = m.action
      AND l.from_state = coalesce(m."from", '') AND l.to_state = m."to" AND l.role = m.role WHERE l.ending <> '');
  IF owners <> '{}' OR enders <> '{}' THEN
    PERFORM 1 FROM fund WHERE dossier = ANY (owners || enders) ORDER BY dossier FOR NO KEY UPDATE;
  END IF;
  FOR each IN SELECT DISTINCT coalesce(m.refs -> 'charges', '[]') AS charged, l.charges
      FROM unnest(moves) m JOIN legal_move l ON l.lifecycle = m.lifecycle AND l.action = m.action
        AND l.from_state = coalesce(m."from", '') AND l.to_state = m."to" AND l.role = m.role
      WHERE m.action <> 'note' AND (l.charges <> '' OR m.refs -> 'charges' <> '[]') LOOP
    no := kc_charged(ARRAY(SELECT jsonb_array_elements_text(each.charged)), each.charges);
    IF no IS NOT NULL THEN
      RAISE EXCEPTION '%', no USING ERRCODE = 'KC0' || substr(no, 3, 2);
    END IF;
  END LOOP;
  IF owners <> '{}' AND EXISTS (SELECT 1 FROM unnest(moves) m WHERE m.dossier = ANY (owners)) THEN
    RAISE EXCEPTION 'KC42 what moves in a statement is not charged by it' USING ERRCODE = 'KC042';
  END IF;
  IF creates THEN
    INSERT INTO dossier (
      id, code, kind, lifecycle, state, version, head, title, folded, source, plan_year, budget_year, province,
      unit_office, total, requested, approved, allocated, advanced, entered_on, entered_at, entered_seq,
      due_on, due_kind, due_basis, waits_for, return_to, ending, last_on, last_actor, last_operator, edited, digest,
      import_key, content_seq, contents)
    SELECT
      CASE v.subject WHEN 'proposal' THEN m.id ELSE -m.id END, m.dossier, v.subject, m.lifecycle, m."to", 1, m.hash,
      m.content ->> 'title', m.refs ->> 'folded', m.content ->> 'source', (m.content ->> 'plan_year')::bigint,
      m.budget_year::bigint, m.content ->> 'province', m.content ->> 'unit_office', (m.content ->> 'total')::bigint,
      (m.content ->> 'requested')::bigint, NULL, 0, 0, m."on", m.at, 1, m.due ->> 'on', m.due ->> 'kind',
      m.due ->> 'basis', m.waits_for, m.return_to, l.ending, m."on", m.actor, m.operator, 1, m.digest,
      m.content ->> 'import_key', 1, kc_contents(m.content -> 'content_codes')
    FROM unnest(ids, hashes, moves) AS m(id, hash) JOIN lifecycle_version v ON v.key = m.lifecycle
      JOIN legal_move l ON l.lifecycle = m.lifecycle AND l.action = m.action AND l.from_state = ''
        AND l.to_state = m."to" AND l.role = m.role
    WHERE m.action = 'create';
    GET DIAGNOSTICS done = ROW_COUNT;
    due := due - done;
    INSERT INTO fund (dossier, ceiling, approved, allocated, contracted, advanced, accepted, settled, returned, charges)
    SELECT m.dossier, (m.content ->> 'total')::bigint, 0, 0, 0, 0, 0, 0, 0, 0
    FROM unnest(moves) m JOIN lifecycle_version v ON v.key = m.lifecycle WHERE m.action = 'create' AND v.fund = 1;
  END IF;
  IF edits THEN
    UPDATE dossier d SET
      state = m."to", version = m.seq::bigint, head = m.hash, title = m.content ->> 'title', folded = m.refs ->> 'folded',
      source = m.content ->> 'source', plan_year = (m.content ->> 'plan_year')::bigint,
      budget_year = m.budget_year::bigint, province = m.content ->> 'province',
      unit_office = m.content ->> 'unit_office', total = (m.content ->> 'total')::bigint,
      requested = (m.content ->> 'requested')::bigint,
      entered_at = CASE WHEN d.entered_on = m.entered_on THEN d.entered_at ELSE m.at END,
      entered_seq = CASE WHEN d.entered_on = m.entered_on THEN d.entered_seq ELSE m.seq::bigint END,
      entered_on = m.entered_on, due_on = m.due ->> 'on', due_kind = m.due ->> 'kind', due_basis = m.due ->> 'basis',
      waits_for = m.waits_for, return_to = m.return_to, last_on = m."on", last_actor = m.actor,
      last_operator = m.operator, edited = m.seq::bigint, digest = m.digest, content_seq = m.seq::bigint,
      contents = kc_contents(m.content -> 'content_codes')
    FROM unnest(ids, hashes, moves) AS m(id, hash)
    WHERE d.code = m.dossier AND m.action = 'edit';
    GET DIAGNOSTICS done = ROW_COUNT;
    due := due - done;
    UPDATE fund f SET ceiling = (m.content ->> 'total')::bigint
    FROM unnest(moves) m WHERE f.dossier = m.dossier AND m.action = 'edit';
  END IF;
  IF clocks THEN
    UPDATE dossier d SET version = m.seq::bigint, head = m.hash, due_on = m.due ->> 'on', due_kind = m.due ->> 'kind',
      due_basis = m.due ->> 'basis'
    FROM unnest(ids, hashes, moves) AS m(id, hash)
    WHERE d.code = m.dossier AND m.action = 'note' AND m.refs ? 'clock';
    GET DIAGNOSTICS done = ROW_COUNT;
    due := due - done;
    PERFORM kc_clock(m.dossier, m.seq::bigint, m."on", m.refs -> 'clock')
    FROM unnest(moves) m WHERE m.action = 'note' AND m.refs ? 'clock';
  END IF;
  IF due > 0 THEN
    UPDATE dossier d SET
      state = m."to", version = m.seq::bigint, head = m.hash, budget_year = m.budget_year::bigint,
      approved = CASE m.amount ->> 'kind' WHEN 'approved' THEN (m.amount ->> 'after')::bigint ELSE d.approved END,
      allocated = CASE m.amount ->> 'kind' WHEN 'allocated' THEN (m.amount ->> 'after')::bigint ELSE d.allocated END,
      contracted = CASE m.amount ->> 'kind' WHEN 'contracted' THEN (m.amount ->> 'after')::bigint ELSE d.contracted END,
      advanced = CASE m.amount ->> 'kind' WHEN 'advanced' THEN (m.amount ->> 'after')::bigint ELSE d.advanced END,
      accepted = CASE m.amount ->> 'kind' WHEN 'accepted' THEN (m.amount ->> 'after')::bigint ELSE d.accepted END,
      settled = CASE m.amount ->> 'kind' WHEN 'settled' THEN (m.amount ->> 'after')::bigint ELSE d.settled END,
      returned = CASE m.amount ->> 'kind' WHEN 'returned' THEN (m.amount ->> 'after')::bigint ELSE d.returned END,
      entered_at = CASE WHEN d.state = m."to" AND d.entered_on = m.entered_on THEN d.entered_at ELSE m.at END,
      entered_seq = CASE WHEN d.state = m."to" AND d.entered_on = m.entered_on THEN d.entered_seq ELSE m.seq::bigint END,
      entered_on = m.entered_on, due_on = m.due ->> 'on', due_kind = m.due ->> 'kind', due_basis = m.due ->> 'basis',
      waits_for = m.waits_for, return_to = m.return_to, ending = l.ending,
      last_on = CASE WHEN m.action IN ('record_papers', 'correct', 'note') THEN d.last_on ELSE m."on" END,
      last_actor = CASE WHEN m.action IN ('record_papers', 'correct', 'note') THEN d.last_actor ELSE m.actor END,
      last_operator = CASE WHEN m.action IN ('record_papers', 'correct', 'note') THEN d.last_operator ELSE m.operator END,
      edited = m.edited::bigint
    FROM unnest(ids, hashes, moves) AS m(id, hash)
      JOIN legal_move l ON l.lifecycle = m.lifecycle AND l.action = m.action AND l.from_state = coalesce(m."from", '')
        AND l.to_state = m."to" AND l.role = m.role
    WHERE d.code = m.dossier AND m.action NOT IN ('create', 'edit') AND NOT (m.action = 'note' AND m.refs ? 'clock');
    GET DIAGNOSTICS done = ROW_COUNT;
    due := due - done;
  END IF;
  IF due <> 0 THEN
    RAISE EXCEPTION 'KC20 the move was not carried out' USING ERRCODE = 'KC020';
  END IF;
  IF papers THEN
    INSERT INTO paper (dossier, seq, idx, kind, number, date, signer, conclusion, file, file_name)
    SELECT m.dossier, m.seq::bigint, p.idx, p.v ->> 'kind', p.v ->> 'number', p.v ->> 'date', p.v ->> 'signer',
      p.v ->> 'conclusion', p.v ->> 'file', p.v ->> 'file_name'
    FROM unnest(moves) m CROSS JOIN LATERAL (
      SELECT 0 AS idx, m.doc AS v WHERE m.doc IS NOT NULL
      UNION ALL SELECT e.n, e.value FROM jsonb_array_elements(m.papers) WITH ORDINALITY AS e(value, n)) p;
  END IF;
  IF paid THEN
    INSERT INTO amount (dossier, seq, kind, round, dong)
    SELECT m.dossier, m.seq::bigint, m.amount ->> 'kind', (m.amount ->> 'round')::bigint, (m.amount ->> 'dong')::bigint
    FROM unnest(moves) m WHERE m.amount IS NOT NULL;
  END IF;
  IF owners <> '{}' THEN
    BEGIN
      INSERT INTO charge (dossier, seq, owner, owner_kind, no, kind, dong)
      SELECT m.dossier, m.seq::bigint, f.dossier, o.kind, f.charges + row_number() OVER (PARTITION BY f.dossier ORDER BY m.id),
        m.amount ->> 'kind', (m.amount ->> 'after')::bigint - coalesce((m.amount ->> 'before')::bigint, 0)
      FROM unnest(ids, moves) AS m(id) CROSS JOIN LATERAL jsonb_array_elements_text(m.refs -> 'charges') AS c(code)
        JOIN fund f ON f.dossier = c.code JOIN dossier o ON o.code = c.code
      WHERE m.refs ? 'charges';
    EXCEPTION WHEN unique_violation THEN
      GET STACKED DIAGNOSTICS no = CONSTRAINT_NAME;
      IF no <> 'uq_charge_round' THEN
        RAISE;
      END IF;
      RAISE EXCEPTION 'KC29 the dossier stands in this round already' USING ERRCODE = 'KC029';
    END;
    UPDATE fund f SET
      charges = c.last, approved = f.approved + c.approved, allocated = f.allocated + c.allocated,
      contracted = f.contracted + c.contracted, advanced = f.advanced + c.advanced, accepted = f.accepted + c.accepted,
      settled = f.settled + c.settled, returned = f.returned + c.returned
    FROM unnest(owners) AS o(code) CROSS JOIN LATERAL kc_charges(o.code) c
    WHERE f.dossier = o.code AND c.last IS NOT NULL;
  END IF;
  INSERT INTO log_queue (history_id) SELECT unnest(ids);
  RETURN NULL;
END $$;

CREATE TRIGGER history_check BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION kc_history_check();
CREATE TRIGGER history_apply AFTER INSERT ON history REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION kc_history_apply();
CREATE TRIGGER history_fixed BEFORE UPDATE OR DELETE ON history
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC01 the history is append-only');
CREATE TRIGGER history_truncate BEFORE TRUNCATE ON history EXECUTE FUNCTION kc_refuse('KC01 the history is append-only');

-- What follows from the history moves with it, never alone. What a row can say of itself is looked at before it
-- changes; whether the history says so is asked once, when all rows of a statement have changed.

CREATE FUNCTION kc_dossier_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM made n LEFT JOIN history h ON h.dossier = n.code AND h.seq = n.version
      WHERE (h.hash, h.to_state) IS DISTINCT FROM (n.head, n.state)
        OR (TG_OP = 'INSERT' AND (n.version <> 1 OR h.id <> abs(n.id) OR (n.id > 0) <> (n.kind = 'proposal')))) THEN
    RAISE EXCEPTION 'KC24 a dossier changes with its history row, never alone' USING ERRCODE = 'KC024';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER dossier_insert AFTER INSERT ON dossier REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION kc_dossier_guard();
CREATE TRIGGER dossier_guard AFTER UPDATE ON dossier REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION kc_dossier_guard();
CREATE TRIGGER dossier_step BEFORE UPDATE ON dossier FOR EACH ROW
  WHEN (NEW.version IS DISTINCT FROM OLD.version + 1)
  EXECUTE FUNCTION kc_refuse('KC24 a dossier changes with its history row, never alone');
CREATE TRIGGER dossier_fixed BEFORE UPDATE ON dossier FOR EACH ROW
  WHEN ((NEW.id, NEW.code, NEW.kind, NEW.lifecycle, NEW.import_key) IS DISTINCT FROM
    (OLD.id, OLD.code, OLD.kind, OLD.lifecycle, OLD.import_key))
  EXECUTE FUNCTION kc_refuse('KC25 code, kind, lifecycle and import key of a dossier are fixed');
CREATE TRIGGER dossier_delete BEFORE DELETE ON dossier
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC26 a dossier is never deleted');
CREATE TRIGGER dossier_truncate BEFORE TRUNCATE ON dossier EXECUTE FUNCTION kc_refuse('KC26 a dossier is never deleted');

-- A leaf is canonical: its keys stand in one order, and a quote inside a text is always escaped. So the first
-- `,"amount":` in it is the leaf's own, because only texts stand before it; and where `changes` and `content` are
-- null, so is the first of any key up to `refs`. Taking a part out so is ten times as fast as reading the whole leaf.

CREATE FUNCTION kc_amount_of(leaf text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN split_part(split_part(leaf, ',"amount":', 2), ',"at":', 1)::jsonb;
END $$;

CREATE FUNCTION kc_doc_of(leaf text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF starts_with(split_part(leaf, ',"changes":', 2), 'null,"content":null,') THEN
    RETURN split_part(split_part(leaf, ',"doc":', 2), ',"dossier":', 1)::jsonb;
  END IF;
  RETURN leaf::jsonb -> 'doc';
END $$;

CREATE FUNCTION kc_refs_of(leaf text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF starts_with(split_part(leaf, ',"changes":', 2), 'null,"content":null,') THEN
    RETURN ('{"refs":' || split_part(leaf, ',"refs":', 2))::jsonb -> 'refs';
  END IF;
  RETURN leaf::jsonb -> 'refs';
END $$;

CREATE FUNCTION kc_paper_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1
      FROM made n LEFT JOIN history h ON h.dossier = n.dossier AND h.seq = n.seq
      CROSS JOIN LATERAL (SELECT CASE WHEN n.idx = 0 THEN kc_doc_of(h.leaf)
        WHEN n.idx > 0 THEN h.leaf::jsonb -> 'papers' -> (n.idx::int - 1) END AS p OFFSET 0) AS own
      WHERE (p ->> 'kind', p ->> 'number', p ->> 'date', p ->> 'signer', p ->> 'conclusion', p ->> 'file', p ->> 'file_name')
        IS DISTINCT FROM (n.kind, n.number, n.date, n.signer, n.conclusion, n.file, n.file_name)) THEN
    RAISE EXCEPTION 'KC27 papers are recorded by the history, never alone' USING ERRCODE = 'KC027';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER paper_insert AFTER INSERT ON paper REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION kc_paper_guard();
CREATE TRIGGER paper_fixed BEFORE UPDATE OR DELETE ON paper
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC27 papers are recorded by the history, never alone');
CREATE TRIGGER paper_truncate BEFORE TRUNCATE ON paper
  EXECUTE FUNCTION kc_refuse('KC27 papers are recorded by the history, never alone');

CREATE FUNCTION kc_amount_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1
      FROM made n LEFT JOIN history h ON h.dossier = n.dossier AND h.seq = n.seq
      CROSS JOIN LATERAL (SELECT kc_amount_of(h.leaf) AS a OFFSET 0) AS own
      WHERE (a ->> 'kind', (a ->> 'dong')::bigint, (a ->> 'round')::bigint) IS DISTINCT FROM (n.kind, n.dong, n.round)) THEN
    RAISE EXCEPTION 'KC28 amounts are recorded by the history, never alone' USING ERRCODE = 'KC028';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER amount_insert AFTER INSERT ON amount REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION kc_amount_guard();
CREATE TRIGGER amount_fixed BEFORE UPDATE OR DELETE ON amount
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC28 amounts are recorded by the history, never alone');
CREATE TRIGGER amount_truncate BEFORE TRUNCATE ON amount
  EXECUTE FUNCTION kc_refuse('KC28 amounts are recorded by the history, never alone');

-- Funds and what charges them. A change of a fund is its next charges, or the ceiling that its dossier has; every
-- charge of the history is there from its row on, so nobody can add one later.

CREATE FUNCTION kc_charges(owner_ text, OUT last bigint, OUT approved bigint, OUT allocated bigint, OUT contracted bigint,
  OUT advanced bigint, OUT accepted bigint, OUT settled bigint, OUT returned bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  -- What charges a fund and is not in its totals yet, and the number of the last of them; NULL when there is none.
  SELECT max(c.no), coalesce(sum(c.dong) FILTER (WHERE c.kind = 'approved'), 0),
    coalesce(sum(c.dong) FILTER (WHERE c.kind = 'allocated'), 0), coalesce(sum(c.dong) FILTER (WHERE c.kind = 'contracted'), 0),
    coalesce(sum(c.dong) FILTER (WHERE c.kind = 'advanced'), 0), coalesce(sum(c.dong) FILTER (WHERE c.kind = 'accepted'), 0),
    coalesce(sum(c.dong) FILTER (WHERE c.kind = 'settled'), 0), coalesce(sum(c.dong) FILTER (WHERE c.kind = 'returned'), 0)
  INTO last, approved, allocated, contracted, advanced, accepted, settled, returned
  FROM fund f JOIN charge c ON c.owner = f.dossier AND c.no > f.charges WHERE f.dossier = owner_;
END $$;

CREATE FUNCTION kc_fund_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE right_ boolean; short text; c record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    right_ := NEW.charges = 0
      AND (NEW.approved, NEW.allocated, NEW.contracted, NEW.advanced, NEW.accepted, NEW.settled, NEW.returned)
        = (0, 0, 0, 0, 0, 0, 0)
      AND EXISTS (SELECT 1 FROM dossier d JOIN lifecycle_version v ON v.key = d.lifecycle
        WHERE d.code = NEW.dossier AND d.version = 1 AND d.total = NEW.ceiling AND v.fund = 1);
  ELSIF NEW.dossier <> OLD.dossier THEN
    right_ := false;
  ELSIF NEW.charges = OLD.charges THEN
    right_ := (NEW.approved - OLD.approved, NEW.allocated - OLD.allocated, NEW.contracted - OLD.contracted, NEW.advanced - OLD.advanced, NEW.accepted - OLD.accepted, NEW.settled - OLD.settled, NEW.returned - OLD.returned) = (0, 0, 0, 0, 0, 0, 0)
      AND EXISTS (SELECT 1 FROM dossier WHERE code = NEW.dossier AND total = NEW.ceiling);
  ELSE
    c := kc_charges(NEW.dossier);
    right_ := NEW.charges = c.last AND NEW.ceiling = OLD.ceiling
      AND (NEW.approved - OLD.approved, NEW.allocated - OLD.allocated, NEW.contracted - OLD.contracted,
        NEW.advanced - OLD.advanced, NEW.accepted - OLD.accepted, NEW.settled - OLD.settled, NEW.returned - OLD.returned)
      = (c.approved, c.allocated, c.contracted, c.advanced, c.accepted, c.settled, c.returned);
  END IF;
  IF right_ IS NOT TRUE THEN
    RAISE EXCEPTION 'KC44 funds move with the history, never alone' USING ERRCODE = 'KC044';
  END IF;
  short := CASE
    WHEN NEW.approved < 0 OR NEW.approved > NEW.ceiling THEN 'approved'
    WHEN NEW.allocated < 0 OR NEW.allocated - NEW.returned > NEW.ceiling THEN 'allocated'
    WHEN NEW.contracted < 0 OR NEW.contracted > NEW.ceiling THEN 'contracted'
    WHEN NEW.advanced < 0 OR NEW.advanced - NEW.returned > NEW.contracted THEN 'advanced'
    WHEN NEW.accepted < 0 OR NEW.accepted > NEW.contracted THEN 'accepted'
    WHEN NEW.settled < 0 OR NEW.settled > NEW.accepted THEN 'settled'
    WHEN NEW.returned < 0 OR NEW.ceiling < 0 THEN 'returned'
  END;
  IF short IS NOT NULL THEN
    RAISE EXCEPTION 'KC46 more than the fund has: ck_fund_%', short USING ERRCODE = 'KC046';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fund_guard BEFORE INSERT OR UPDATE ON fund FOR EACH ROW EXECUTE FUNCTION kc_fund_guard();
CREATE TRIGGER fund_delete BEFORE DELETE ON fund
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC44 funds move with the history, never alone');
CREATE TRIGGER fund_truncate BEFORE TRUNCATE ON fund
  EXECUTE FUNCTION kc_refuse('KC44 funds move with the history, never alone');

CREATE FUNCTION kc_charge_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  -- Those of a history row are what it says, and the numbers of a fund's charges go on without a gap.
  IF EXISTS (SELECT 1
      FROM (SELECT dossier, seq, array_agg(owner) AS owners, min(kind) AS kind, max(kind) AS kind_, min(dong) AS dong,
          max(dong) AS dong_ FROM made GROUP BY dossier, seq) AS n
      LEFT JOIN history h ON h.dossier = n.dossier AND h.seq = n.seq
      CROSS JOIN LATERAL (SELECT kc_amount_of(h.leaf) AS a OFFSET 0) AS own
      WHERE (kc_refs_of(h.leaf) -> 'charges' ?& n.owners) IS NOT TRUE OR n.kind <> n.kind_ OR n.dong <> n.dong_
        OR (n.kind, n.dong) IS DISTINCT FROM
          (a ->> 'kind', (a ->> 'after')::bigint - coalesce((a ->> 'before')::bigint, 0)))
    OR EXISTS (SELECT 1
      FROM (SELECT owner, min(owner_kind) AS kind, max(owner_kind) AS kind_, min(no) AS first, max(no) AS last, count(*) AS n
        FROM made GROUP BY owner) AS c
      LEFT JOIN dossier o ON o.code = c.owner LEFT JOIN fund f ON f.dossier = c.owner
      WHERE (c.kind, c.kind_, c.first, c.last) IS DISTINCT FROM (o.kind, o.kind, f.charges + 1, f.charges + c.n)) THEN
    RAISE EXCEPTION 'KC45 charges are recorded by the history, never alone' USING ERRCODE = 'KC045';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER charge_insert AFTER INSERT ON charge REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION kc_charge_guard();
CREATE TRIGGER charge_fixed BEFORE UPDATE OR DELETE ON charge
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC45 charges are recorded by the history, never alone');
CREATE TRIGGER charge_truncate BEFORE TRUNCATE ON charge
  EXECUTE FUNCTION kc_refuse('KC45 charges are recorded by the history, never alone');

CREATE TRIGGER budget_figure_update BEFORE UPDATE ON budget_figure FOR EACH ROW
  WHEN (OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR
    (NEW.id, NEW.plan_year, NEW.area, NEW.source, NEW.stage, NEW.round, NEW.dong, NEW.unit_dong, NEW.basis,
      NEW.entered_by, NEW.entered_at) IS DISTINCT FROM
    (OLD.id, OLD.plan_year, OLD.area, OLD.source, OLD.stage, OLD.round, OLD.dong, OLD.unit_dong, OLD.basis,
      OLD.entered_by, OLD.entered_at))
  EXECUTE FUNCTION kc_refuse('KC47 a published figure is withdrawn, never changed');
CREATE TRIGGER budget_figure_delete BEFORE DELETE ON budget_figure
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC47 a published figure is withdrawn, never changed');
CREATE TRIGGER budget_figure_truncate BEFORE TRUNCATE ON budget_figure
  EXECUTE FUNCTION kc_refuse('KC47 a published figure is withdrawn, never changed');

-- Clocks and holds are what the last row of their dossier makes of them, once.

CREATE FUNCTION kc_clock_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c jsonb; act text; day text; stay bigint; was clock%ROWTYPE; late boolean := TG_OP = 'UPDATE';
BEGIN
  SELECT h.leaf::jsonb #> '{refs,clock}', h.on_date, d.entered_seq INTO c, day, stay
  FROM dossier d JOIN history h ON h.dossier = d.code AND h.seq = d.version AND h.action = 'note'
  WHERE d.code = NEW.dossier AND d.version = NEW.seq;
  act := c ->> 'act';
  was.reminders := 0;
  was.level := 0;
  IF TG_OP = 'UPDATE' THEN
    late := NEW.dossier <> OLD.dossier OR NEW.seq <= OLD.seq;
    IF OLD.entered_seq = stay THEN
      was := OLD;
    END IF;
  END IF;
  IF late OR act IS NULL OR act = 'recount'
      OR (NEW.entered_seq, NEW.holder, NEW.reminders, NEW.reminded_on, NEW.level) IS DISTINCT FROM
      (stay, CASE act WHEN 'reassign' THEN c ->> 'holder' ELSE was.holder END,
        was.reminders + CASE act WHEN 'remind' THEN 1 ELSE 0 END,
        CASE act WHEN 'remind' THEN day ELSE was.reminded_on END,
        CASE act WHEN 'escalate' THEN (c ->> 'level')::bigint ELSE was.level END) THEN
    RAISE EXCEPTION 'KC48 clocks and holds move with the history, never alone' USING ERRCODE = 'KC048';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clock_guard BEFORE INSERT OR UPDATE ON clock FOR EACH ROW EXECUTE FUNCTION kc_clock_guard();
CREATE TRIGGER clock_delete BEFORE DELETE ON clock
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC48 clocks and holds move with the history, never alone');
CREATE TRIGGER clock_truncate BEFORE TRUNCATE ON clock
  EXECUTE FUNCTION kc_refuse('KC48 clocks and holds move with the history, never alone');

CREATE FUNCTION kc_hold_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c jsonb; stay bigint; right_ boolean;
BEGIN
  SELECT h.leaf::jsonb #> '{refs,clock}', d.entered_seq INTO c, stay
  FROM dossier d JOIN history h ON h.dossier = d.code AND h.seq = d.version AND h.action = 'note'
  WHERE d.code = NEW.dossier AND d.version = CASE TG_OP WHEN 'INSERT' THEN NEW.seq ELSE NEW.lifted_seq END;
  IF TG_OP = 'INSERT' THEN
    right_ := c ->> 'act' = 'hold' AND NEW.lifted_on IS NULL AND NEW.lifted_seq IS NULL AND NEW.entered_seq = stay
      AND (NEW.party, NEW.from_on, NEW.until_on) = (c ->> 'party', c ->> 'from', c ->> 'until');
  ELSE
    right_ := c ->> 'act' = 'lift' AND (c ->> 'hold')::bigint = OLD.seq AND NEW.lifted_on = c ->> 'on'
      AND OLD.lifted_seq IS NULL AND OLD.entered_seq = stay
      AND (NEW.dossier, NEW.seq, NEW.entered_seq, NEW.party, NEW.from_on, NEW.until_on)
        = (OLD.dossier, OLD.seq, OLD.entered_seq, OLD.party, OLD.from_on, OLD.until_on);
  END IF;
  IF right_ IS NOT TRUE THEN
    RAISE EXCEPTION 'KC48 clocks and holds move with the history, never alone' USING ERRCODE = 'KC048';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_guard BEFORE INSERT OR UPDATE ON hold FOR EACH ROW EXECUTE FUNCTION kc_hold_guard();
CREATE TRIGGER hold_delete BEFORE DELETE ON hold
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC48 clocks and holds move with the history, never alone');
CREATE TRIGGER hold_truncate BEFORE TRUNCATE ON hold
  EXECUTE FUNCTION kc_refuse('KC48 clocks and holds move with the history, never alone');

-- An office's own rules and days are dated and closed; letters are kept with what became of them.

CREATE TRIGGER office_rule_insert BEFORE INSERT ON office_rule FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL)
  EXECUTE FUNCTION kc_refuse('KC51 an office''s own rule is closed, never changed');
CREATE TRIGGER office_rule_update BEFORE UPDATE ON office_rule FOR EACH ROW
  WHEN (OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL OR NEW.closed_by IS NULL OR NEW.valid_to IS NULL
    OR NEW.valid_to > OLD.valid_to OR
    (NEW.id, NEW.office, NEW.lifecycle, NEW.state, NEW."by", NEW.days, NEW.month, NEW.day, NEW.plan_year,
      NEW.inclusive, NEW.months, NEW.basis, NEW.valid_from, NEW.set_by, NEW.set_at) IS DISTINCT FROM
    (OLD.id, OLD.office, OLD.lifecycle, OLD.state, OLD."by", OLD.days, OLD.month, OLD.day, OLD.plan_year,
      OLD.inclusive, OLD.months, OLD.basis, OLD.valid_from, OLD.set_by, OLD.set_at))
  EXECUTE FUNCTION kc_refuse('KC51 an office''s own rule is closed, never changed');
CREATE TRIGGER office_rule_delete BEFORE DELETE ON office_rule
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC51 an office''s own rule is closed, never changed');
CREATE TRIGGER office_rule_truncate BEFORE TRUNCATE ON office_rule
  EXECUTE FUNCTION kc_refuse('KC51 an office''s own rule is closed, never changed');

CREATE TRIGGER office_day_insert BEFORE INSERT ON office_day FOR EACH ROW WHEN (NEW.withdrawn_at IS NOT NULL)
  EXECUTE FUNCTION kc_refuse('KC52 a day of the calendar is withdrawn, never changed, and stands there once');
CREATE TRIGGER office_day_update BEFORE UPDATE ON office_day FOR EACH ROW
  WHEN (OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_by IS NULL OR
    (NEW.id, NEW.day, NEW.kind, NEW.name, NEW.document, NEW.set_by, NEW.set_at) IS DISTINCT FROM
    (OLD.id, OLD.day, OLD.kind, OLD.name, OLD.document, OLD.set_by, OLD.set_at))
  EXECUTE FUNCTION kc_refuse('KC52 a day of the calendar is withdrawn, never changed, and stands there once');
CREATE TRIGGER office_day_delete BEFORE DELETE ON office_day
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC52 a day of the calendar is withdrawn, never changed, and stands there once');
CREATE TRIGGER office_day_truncate BEFORE TRUNCATE ON office_day
  EXECUTE FUNCTION kc_refuse('KC52 a day of the calendar is withdrawn, never changed, and stands there once');

CREATE TRIGGER digest_insert BEFORE INSERT ON digest FOR EACH ROW
  WHEN (NEW.state <> 'pending' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL)
  EXECUTE FUNCTION kc_refuse('KC53 a letter is kept as it was made');
CREATE TRIGGER digest_update BEFORE UPDATE ON digest FOR EACH ROW
  WHEN (OLD.state = 'sent' OR NEW.attempts < OLD.attempts OR
    (NEW.id, NEW.day, NEW.person, NEW.address, NEW.subject, NEW.body, NEW.items, NEW.made_at) IS DISTINCT FROM
    (OLD.id, OLD.day, OLD.person, OLD.address, OLD.subject, OLD.body, OLD.items, OLD.made_at))
  EXECUTE FUNCTION kc_refuse('KC53 a letter is kept as it was made');
CREATE TRIGGER digest_delete BEFORE DELETE ON digest
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC53 a letter is kept as it was made');
CREATE TRIGGER digest_truncate BEFORE TRUNCATE ON digest
  EXECUTE FUNCTION kc_refuse('KC53 a letter is kept as it was made');

-- The tree: the sequencer gives committed leaves their places (db.sequencer).

CREATE FUNCTION kc_log_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE right_ boolean := false;
BEGIN
  IF TG_TABLE_NAME = 'log_queue' AND TG_OP = 'INSERT' THEN
    right_ := NOT EXISTS (SELECT 1 FROM rows_ n LEFT JOIN history h ON h.id = n.history_id
      LEFT JOIN log_position p ON p.history_id = n.history_id WHERE h.id IS NULL OR p.history_id IS NOT NULL);
  ELSIF TG_TABLE_NAME = 'log_queue' THEN
    right_ := NOT EXISTS (SELECT 1 FROM rows_ o LEFT JOIN log_position p ON p.history_id = o.history_id
      WHERE p.history_id IS NULL);
  ELSIF TG_TABLE_NAME = 'log_position' THEN
    right_ := NOT EXISTS (SELECT 1 FROM rows_ n LEFT JOIN history h ON h.id = n.history_id AND h.hash = n.hash
      WHERE h.id IS NULL OR n.position <= (SELECT size FROM log_head WHERE id = 1));
  ELSIF TG_OP = 'UPDATE' THEN
    right_ := NEW.id = OLD.id AND NEW.size > OLD.size AND NEW.size - OLD.size = (
      SELECT count(*) FROM log_position WHERE position > OLD.size AND position <= NEW.size);
  END IF;
  IF right_ IS NOT TRUE THEN
    RAISE EXCEPTION 'KC31 the tree grows with the history, never alone' USING ERRCODE = 'KC031';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log_queue_insert AFTER INSERT ON log_queue REFERENCING NEW TABLE AS rows_
  FOR EACH STATEMENT EXECUTE FUNCTION kc_log_guard();
CREATE TRIGGER log_queue_delete AFTER DELETE ON log_queue REFERENCING OLD TABLE AS rows_
  FOR EACH STATEMENT EXECUTE FUNCTION kc_log_guard();
CREATE TRIGGER log_queue_update BEFORE UPDATE ON log_queue
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_queue_truncate BEFORE TRUNCATE ON log_queue
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_position_insert AFTER INSERT ON log_position REFERENCING NEW TABLE AS rows_
  FOR EACH STATEMENT EXECUTE FUNCTION kc_log_guard();
CREATE TRIGGER log_position_fixed BEFORE UPDATE OR DELETE ON log_position
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_position_truncate BEFORE TRUNCATE ON log_position
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_head_guard BEFORE INSERT OR UPDATE OR DELETE ON log_head
  FOR EACH ROW EXECUTE FUNCTION kc_log_guard();
CREATE TRIGGER log_head_truncate BEFORE TRUNCATE ON log_head
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');

-- The rules that dossiers pin.

CREATE FUNCTION kc_lifecycle_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE n bigint; own bigint;
BEGIN
  IF TG_TABLE_NAME = 'legal_move' THEN
    IF EXISTS (SELECT 1 FROM lifecycle_version WHERE key = NEW.lifecycle) THEN
      RAISE EXCEPTION 'KC32 the list of legal moves of an installed lifecycle is closed' USING ERRCODE = 'KC032';
    END IF;
  ELSE
    SELECT count(*), count(*) FILTER (WHERE fsm = left(NEW.fingerprint, 16)) INTO n, own
    FROM legal_move WHERE lifecycle = NEW.key;
    IF n = 0 OR n IS DISTINCT FROM NEW.moves OR own <> n THEN
      RAISE EXCEPTION 'KC34 the list of legal moves is not the lifecycle''s' USING ERRCODE = 'KC034';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER legal_move_insert BEFORE INSERT ON legal_move FOR EACH ROW EXECUTE FUNCTION kc_lifecycle_guard();
CREATE TRIGGER legal_move_fixed BEFORE UPDATE OR DELETE ON legal_move
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC32 the list of legal moves of an installed lifecycle is closed');
CREATE TRIGGER legal_move_truncate BEFORE TRUNCATE ON legal_move
  EXECUTE FUNCTION kc_refuse('KC32 the list of legal moves of an installed lifecycle is closed');
CREATE TRIGGER lifecycle_version_insert BEFORE INSERT ON lifecycle_version
  FOR EACH ROW EXECUTE FUNCTION kc_lifecycle_guard();
CREATE TRIGGER lifecycle_version_fixed BEFORE UPDATE OR DELETE ON lifecycle_version
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC33 an installed lifecycle never changes');
CREATE TRIGGER lifecycle_version_truncate BEFORE TRUNCATE ON lifecycle_version
  EXECUTE FUNCTION kc_refuse('KC33 an installed lifecycle never changes');

-- Refused attempts and attached files are kept as they came.

CREATE TRIGGER refusal_fixed BEFORE UPDATE OR DELETE ON refusal
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC35 refused attempts are kept as they came');
CREATE TRIGGER refusal_truncate BEFORE TRUNCATE ON refusal
  EXECUTE FUNCTION kc_refuse('KC35 refused attempts are kept as they came');

CREATE FUNCTION kc_blob_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.sha256 IS DISTINCT FROM encode(sha256(NEW.data), 'hex') OR NEW.size IS DISTINCT FROM length(NEW.data) THEN
    RAISE EXCEPTION 'KC36 an attached file is kept as it came' USING ERRCODE = 'KC036';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attachment_blob_insert BEFORE INSERT ON attachment_blob
  FOR EACH ROW EXECUTE FUNCTION kc_blob_guard();
CREATE TRIGGER attachment_blob_fixed BEFORE UPDATE OR DELETE ON attachment_blob
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC36 an attached file is kept as it came');
CREATE TRIGGER attachment_blob_truncate BEFORE TRUNCATE ON attachment_blob
  EXECUTE FUNCTION kc_refuse('KC36 an attached file is kept as it came');

-- People and offices are closed, never removed or renamed: the history names them.

CREATE TRIGGER organisation_update BEFORE UPDATE ON organisation FOR EACH ROW
  WHEN ((NEW.code, NEW.name, NEW.name_en, NEW.kind, NEW.province, NEW.parent, NEW.valid_from) IS DISTINCT FROM
    (OLD.code, OLD.name, OLD.name_en, OLD.kind, OLD.province, OLD.parent, OLD.valid_from))
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER organisation_delete BEFORE DELETE ON organisation
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER organisation_truncate BEFORE TRUNCATE ON organisation
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER person_update BEFORE UPDATE ON person FOR EACH ROW
  WHEN ((NEW.login, NEW.name, NEW.valid_from) IS DISTINCT FROM (OLD.login, OLD.name, OLD.valid_from))
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER person_delete BEFORE DELETE ON person
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER person_truncate BEFORE TRUNCATE ON person
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER assignment_update BEFORE UPDATE ON assignment FOR EACH ROW
  WHEN ((NEW.id, NEW.person, NEW.role, NEW.organisation, NEW.valid_from) IS DISTINCT FROM
    (OLD.id, OLD.person, OLD.role, OLD.organisation, OLD.valid_from))
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER assignment_delete BEFORE DELETE ON assignment
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER assignment_truncate BEFORE TRUNCATE ON assignment
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');

CREATE TRIGGER duty_update BEFORE UPDATE ON duty FOR EACH ROW
  WHEN ((NEW.id, NEW.organisation, NEW.level, NEW.person, NEW.valid_from) IS DISTINCT FROM
    (OLD.id, OLD.organisation, OLD.level, OLD.person, OLD.valid_from))
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER duty_delete BEFORE DELETE ON duty
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');
CREATE TRIGGER duty_truncate BEFORE TRUNCATE ON duty
  EXECUTE FUNCTION kc_refuse('KC37 people and offices are closed, never replaced');

-- A subscription applies its changes without the triggers of statements: who claims to replicate changes nothing
-- that they guard.

CREATE TRIGGER history_replica BEFORE INSERT ON history FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC01 the history is append-only, and never replicated into');
CREATE TRIGGER dossier_replica BEFORE INSERT OR UPDATE ON dossier FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC24 a dossier changes with its history row, never alone');
CREATE TRIGGER paper_replica BEFORE INSERT ON paper FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC27 papers are recorded by the history, never alone');
CREATE TRIGGER amount_replica BEFORE INSERT ON amount FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC28 amounts are recorded by the history, never alone');
CREATE TRIGGER charge_replica BEFORE INSERT ON charge FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC45 charges are recorded by the history, never alone');
CREATE TRIGGER log_queue_replica BEFORE INSERT OR DELETE ON log_queue FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_position_replica BEFORE INSERT ON log_position FOR EACH ROW
  WHEN (current_setting('session_replication_role') = 'replica')
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');

-- Guards fire for every session, whatever it claims to replicate.
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger
      WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.tab, t.tgname);
  END LOOP;
END $$;

-- Search without accents by the beginnings of words; without the extension it works too, only slower.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS ix_dossier_search ON dossier USING gin ((lower(code) || ' ' || folded) gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: search reads the whole table';
END $$;
