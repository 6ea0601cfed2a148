-- The guards of the store on PostgreSQL. A history row is the move: these triggers check it and carry it out.
--
-- Functions that triggers run fix their search_path, so that no temporary table or foreign schema can stand in
-- for ours, and they fire even under session_replication_role = replica (ENABLE ALWAYS). Comparisons that may
-- meet NULL use IS DISTINCT FROM: "NULL <> 1" would skip a check.
-- @LEAF@, @PAPER@, @AMOUNT@, @DUE@, @DEADLINE@, @CONTENT@, @CLOCK@ are the shapes of db.leaf.

CREATE FUNCTION kc_canonical(j jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE made text;
BEGIN
  -- The one text of an object or array; a part that may not be in a leaf (a fraction, a key beyond ASCII) is left
  -- out, so that the result differs from any text. plpgsql keeps its plans; as plain SQL this took four times as long.
  IF jsonb_typeof(j) = 'object' THEN
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
  RETURN CASE WHEN n ~ '^-?[0-9]{1,16}$' THEN CASE WHEN abs(n::bigint) <= 9007199254740991 THEN n END END;
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
  RETURN day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND day::date IS NOT NULL;
END $$;

CREATE FUNCTION kc_paper(p jsonb) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN public.kc_shape(p, '@PAPER@', true)
    AND p ->> 'kind' <> ''
    AND (p ->> 'date' IS NULL OR public.kc_day(p ->> 'date'))
    AND coalesce(p ->> 'conclusion', 'agreed') IN ('agreed', 'not_agreed')
    AND coalesce(p ->> 'file', repeat('0', 64)) ~ '^[0-9a-f]{64}$';
END $$;

CREATE FUNCTION kc_codes(codes jsonb, filled boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether these are different codes; without `filled` there may be none.
  RETURN jsonb_typeof(codes) = 'array'
    AND (filled OR codes = '[]')
    AND (SELECT count(*) = count(DISTINCT e) AND bool_and(jsonb_typeof(e) = 'string' AND e <> '""') IS NOT FALSE
      FROM jsonb_array_elements(CASE jsonb_typeof(codes) WHEN 'array' THEN codes ELSE '[]' END) e);
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

CREATE FUNCTION kc_parts(j jsonb) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether the objects inside a leaf have their shapes.
  RETURN (j ->> 'doc' IS NULL OR public.kc_paper(j -> 'doc'))
    AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(j -> 'papers') p WHERE public.kc_paper(p) IS NOT TRUE)
    AND (j ->> 'amount' IS NULL OR (
      public.kc_shape(j -> 'amount', '@AMOUNT@', true)
      AND j #>> '{amount,kind}' IN
        ('approved', 'allocated', 'contracted', 'advanced', 'accepted', 'settled', 'returned')
      AND (j #>> '{amount,after}')::bigint >= 0
      AND ((j #>> '{amount,dong}')::bigint >= 0 OR j #>> '{amount,kind}' IN ('approved', 'allocated', 'contracted'))
      AND (j #>> '{amount,after}')::bigint = (j #>> '{amount,dong}')::bigint
        + CASE j #>> '{amount,kind}' WHEN 'approved' THEN 0 ELSE coalesce((j #>> '{amount,before}')::bigint, 0) END))
    AND (j ->> 'due' IS NULL OR (public.kc_shape(j -> 'due', '@DUE@', true)
      AND public.kc_day(j #>> '{due,on}') AND j #>> '{due,kind}' IN ('law', 'policy')))
    AND (j ->> 'deadline' IS NULL OR (public.kc_shape(j -> 'deadline', '@DEADLINE@', true)
      AND public.kc_day(j #>> '{deadline,on}') AND j #>> '{deadline,kind}' IN ('law', 'policy')))
    AND (j ->> 'content' IS NULL OR (public.kc_shape(j -> 'content', '@CONTENT@', false)
      AND coalesce(jsonb_typeof(j #> '{content,import_key}'), 'null') IN ('null', 'string')
      AND (j #>> '{content,total}')::bigint >= 0 AND (j #>> '{content,requested}')::bigint >= 0))
    AND coalesce(jsonb_typeof(j #> '{refs,folded}'), 'string') = 'string'
    AND (j #> '{refs,charges}' IS NULL OR public.kc_codes(j #> '{refs,charges}', j ->> 'amount' IS NOT NULL))
    AND (j #> '{refs,clock}' IS NULL OR (j ->> 'action' = 'note' AND public.kc_is_clock(j #> '{refs,clock}')));
END $$;

CREATE FUNCTION kc_form(leaf text, j jsonb) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  -- Whether a leaf is in the agreed form: what db.leaf.seal accepts.
  RETURN octet_length(leaf) <= 32768
    AND public.kc_shape(j, '@LEAF@', true)
    AND leaf = public.kc_canonical(j)
    AND leaf IS NFC NORMALIZED
    AND j ->> 'v' = '1'
    AND '' NOT IN (j ->> 'dossier', j ->> 'lifecycle', j ->> 'action', j ->> 'to', j ->> 'actor',
      j ->> 'actor_name', j ->> 'role', j ->> 'office', j ->> 'office_name', j ->> 'waits_for', j ->> 'request')
    AND least((j ->> 'seq')::bigint, (j ->> 'budget_year')::bigint, (j ->> 'edited')::bigint) > 0
    AND (j ->> 'prev') || (j ->> 'digest') || (j ->> 'fsm') ~ '^[0-9a-f]{144}$'
    AND length(j ->> 'prev') = 64 AND length(j ->> 'digest') = 64
    AND public.kc_day(j ->> 'on') AND public.kc_day(j ->> 'entered_on')
    AND j ->> 'at' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z$'
    AND public.kc_day(left(j ->> 'at', 10))
    AND coalesce(j ->> 'authority', 'TM.') IN ('TM.', 'KT.', 'TL.', 'TUQ.')
    AND coalesce(j ->> 'reason', '-') ~ '\S'
    AND (j ->> 'operator' IS NULL) = (j ->> 'operator_name' IS NULL)
    AND coalesce((j ->> 'corrects')::bigint BETWEEN 1 AND (j ->> 'seq')::bigint - 1, true)
    AND public.kc_parts(j);
END $$;

CREATE FUNCTION kc_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'KC' || '0' || substr(TG_ARGV[0], 3, 2);
END $$;

CREATE FUNCTION kc_history_check() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  j jsonb; d dossier%ROWTYPE; m legal_move%ROWTYPE; no text; own text;
  writes boolean; act text; hash text; account text; owners text[];
BEGIN
  hash := encode(sha256('\x00'::bytea || convert_to(NEW.leaf, 'UTF8')), 'hex');
  j := NEW.leaf::jsonb;
  act := j ->> 'action';
  IF kc_form(NEW.leaf, j) IS NOT TRUE THEN
    no := 'KC02 the leaf is not in the agreed form';
  ELSIF NEW.hash IS DISTINCT FROM hash THEN
    no := 'KC03 the hash is not the leaf''s';
  ELSE
    SELECT * INTO d FROM dossier WHERE code = j ->> 'dossier' FOR NO KEY UPDATE;
    SELECT * INTO m FROM legal_move WHERE lifecycle = j ->> 'lifecycle' AND action = act
      AND from_state = coalesce(j ->> 'from', '') AND to_state = j ->> 'to' AND role = j ->> 'role';
    writes := act IN ('create', 'edit');
    account := j ->> 'operator';
    owners := ARRAY(SELECT jsonb_array_elements_text(coalesce(j #> '{refs,charges}', '[]')));
    -- Who charges a fund waits for whoever does, and for whoever ends its dossier; always in this order.
    IF owners <> '{}' OR m.ending <> '' THEN
      PERFORM 1 FROM fund WHERE dossier = ANY (owners || (j ->> 'dossier')) ORDER BY dossier FOR NO KEY UPDATE;
    END IF;
    IF EXISTS (SELECT 1 FROM history WHERE request = j ->> 'request') THEN
      no := 'KC05 the request was carried out before';
    ELSIF (j ->> 'seq')::bigint <> coalesce(d.version, 0) + 1 THEN
      no := 'KC06 somebody moved the dossier first: seq is not the next one';
    ELSIF j ->> 'prev' <> coalesce(d.head, repeat('0', 64)) THEN
      no := 'KC07 somebody moved the dossier first: prev is not its last leaf';
    ELSIF j ->> 'from' IS DISTINCT FROM d.state THEN
      no := 'KC08 somebody moved the dossier first: from is not its state';
    ELSIF d.lifecycle <> j ->> 'lifecycle' THEN
      no := 'KC09 the dossier follows another lifecycle';
    ELSIF m.fsm IS NULL OR NOT EXISTS (SELECT 1 FROM lifecycle_version WHERE key = j ->> 'lifecycle') THEN
      no := 'KC10 not a legal move';
    ELSIF m.fsm <> j ->> 'fsm' THEN
      no := 'KC11 made under other rules than the installed ones';
    ELSIF (act = 'create') <> (j ->> 'seq' = '1') THEN
      no := 'KC12 create is the first row, and only that';
    ELSIF m.needs_reason = 1 AND j ->> 'reason' IS NULL THEN
      no := 'KC13 the action needs a reason';
    ELSIF j ->> 'on' < d.last_on AND act NOT IN ('record_papers', 'correct', 'note') THEN
      no := 'KC14 an act before the last act';
    ELSIF writes <> (j ->> 'content' IS NOT NULL) OR writes <> (j #>> '{refs,folded}' IS NOT NULL) THEN
      no := 'KC15 content and refs.folded belong to create and edit, and only there';
    ELSIF NOT writes AND j ->> 'digest' IS DISTINCT FROM d.digest THEN
      no := 'KC04 the digest is not the content''s';
    ELSIF j ->> 'edited' <> j ->> 'seq'
        AND (writes OR (j ->> 'edited')::bigint IS DISTINCT FROM d.edited) THEN
      no := 'KC16 edited is neither this row nor the one before';
    ELSIF j ->> 'entered_on' <> j ->> 'on'
        AND (j ->> 'from' IS DISTINCT FROM j ->> 'to' OR j ->> 'entered_on' <> d.entered_on) THEN
      no := 'KC17 entered_on is neither this act nor the one before';
    ELSIF j ->> 'amount' IS NOT NULL AND coalesce((j #>> '{amount,before}')::bigint, 0) IS DISTINCT FROM
        (CASE j #>> '{amount,kind}'
          WHEN 'approved' THEN coalesce(d.approved, 0)
          WHEN 'allocated' THEN d.allocated
          WHEN 'contracted' THEN d.contracted
          WHEN 'advanced' THEN d.advanced
          WHEN 'accepted' THEN d.accepted
          WHEN 'settled' THEN d.settled
          WHEN 'returned' THEN d.returned END) THEN
      no := 'KC18 amount.before is not the present amount';
    ELSIF m.second_person = 1 AND (j ->> 'actor' IN (d.last_actor, d.last_operator) OR account = d.last_actor
        OR (account = d.last_operator AND EXISTS (SELECT 1 FROM person WHERE login = d.last_operator)
          AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'four_eyes' AND value = 'names'))) THEN
      no := 'KC43 who proposed it can not confirm it';
    ELSIF act = 'note' THEN
      no := kc_noted(j, d);
    ELSIF m.charges <> '' OR owners <> '{}' THEN
      no := kc_charged(owners, m.charges);
    ELSIF writes THEN
      own := encode(sha256(convert_to((NEW.leaf::json -> 'content')::text, 'UTF8')), 'hex');
      IF own <> j ->> 'digest' THEN
        no := 'KC04 the digest is not the content''s';
      END IF;
    END IF;
  END IF;
  IF no IS NOT NULL THEN
    RAISE EXCEPTION '%', no USING ERRCODE = 'KC0' || substr(no, 3, 2);
  END IF;
  RETURN NEW;
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

CREATE FUNCTION kc_noted(j jsonb, d dossier) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c jsonb := j #> '{refs,clock}'; act text := c ->> 'act';
BEGIN
  -- A note moves nothing, except what a clock note says: NULL, or what is wrong.
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

CREATE FUNCTION kc_history_apply() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  j jsonb := NEW.leaf::jsonb; done bigint; amount_kind text := j #>> '{amount,kind}';
  amount_after bigint := (j #>> '{amount,after}')::bigint; entered text := j ->> 'entered_on';
  amount_added bigint := amount_after - coalesce((j #>> '{amount,before}')::bigint, 0);
  owners text[] := ARRAY(SELECT jsonb_array_elements_text(coalesce(j #> '{refs,charges}', '[]')));
BEGIN
  IF NEW.seq = 1 THEN
    INSERT INTO dossier (
      id, code, kind, lifecycle, state, version, head, title, folded, source, plan_year, budget_year, province,
      unit_office, total, requested, approved, allocated, advanced, entered_on, entered_at, entered_seq,
      due_on, due_kind, due_basis, waits_for, return_to, ending, last_on, last_actor, last_operator, edited, digest,
      import_key, content_seq, contents)
    SELECT
      CASE v.subject WHEN 'proposal' THEN NEW.id ELSE -NEW.id END, NEW.dossier, v.subject, NEW.lifecycle, NEW.to_state, 1, NEW.hash, c ->> 'title',
      j #>> '{refs,folded}', c ->> 'source', (c ->> 'plan_year')::bigint, (j ->> 'budget_year')::bigint,
      c ->> 'province', c ->> 'unit_office', (c ->> 'total')::bigint, (c ->> 'requested')::bigint, NULL, 0, 0,
      NEW.on_date, j ->> 'at', 1, j #>> '{due,on}', j #>> '{due,kind}', j #>> '{due,basis}', j ->> 'waits_for',
      j ->> 'return_to', m.ending, NEW.on_date, NEW.actor, j ->> 'operator', 1, j ->> 'digest', c ->> 'import_key', 1,
      kc_contents(c -> 'content_codes')
    FROM lifecycle_version v JOIN legal_move m ON m.lifecycle = v.key, (SELECT j -> 'content' AS c) AS content
    WHERE v.key = NEW.lifecycle AND m.action = NEW.action AND m.from_state = ''
      AND m.to_state = NEW.to_state AND m.role = NEW.role;
  ELSIF NEW.action = 'edit' THEN
    UPDATE dossier SET
      state = NEW.to_state, version = NEW.seq, head = NEW.hash, title = c ->> 'title',
      folded = j #>> '{refs,folded}', source = c ->> 'source', plan_year = (c ->> 'plan_year')::bigint,
      budget_year = (j ->> 'budget_year')::bigint, province = c ->> 'province', unit_office = c ->> 'unit_office',
      total = (c ->> 'total')::bigint, requested = (c ->> 'requested')::bigint,
      entered_at = CASE WHEN entered_on = entered THEN entered_at ELSE j ->> 'at' END,
      entered_seq = CASE WHEN entered_on = entered THEN entered_seq ELSE NEW.seq END, entered_on = entered,
      due_on = j #>> '{due,on}', due_kind = j #>> '{due,kind}', due_basis = j #>> '{due,basis}',
      waits_for = j ->> 'waits_for', return_to = j ->> 'return_to', last_on = NEW.on_date,
      last_actor = NEW.actor, last_operator = j ->> 'operator', edited = NEW.seq, digest = j ->> 'digest',
      content_seq = NEW.seq, contents = kc_contents(c -> 'content_codes')
    FROM (SELECT j -> 'content' AS c) AS content
    WHERE code = NEW.dossier;
  ELSIF NEW.action = 'note' AND j #> '{refs,clock}' IS NOT NULL THEN
    UPDATE dossier SET version = NEW.seq, head = NEW.hash, due_on = j #>> '{due,on}', due_kind = j #>> '{due,kind}',
      due_basis = j #>> '{due,basis}'
    WHERE code = NEW.dossier;
  ELSE
    UPDATE dossier SET
      state = NEW.to_state, version = NEW.seq, head = NEW.hash, budget_year = (j ->> 'budget_year')::bigint,
      approved = CASE amount_kind WHEN 'approved' THEN amount_after ELSE approved END,
      allocated = CASE amount_kind WHEN 'allocated' THEN amount_after ELSE allocated END,
      contracted = CASE amount_kind WHEN 'contracted' THEN amount_after ELSE contracted END,
      advanced = CASE amount_kind WHEN 'advanced' THEN amount_after ELSE advanced END,
      accepted = CASE amount_kind WHEN 'accepted' THEN amount_after ELSE accepted END,
      settled = CASE amount_kind WHEN 'settled' THEN amount_after ELSE settled END,
      returned = CASE amount_kind WHEN 'returned' THEN amount_after ELSE returned END,
      entered_at = CASE WHEN state = NEW.to_state AND entered_on = entered THEN entered_at ELSE j ->> 'at' END,
      entered_seq = CASE WHEN state = NEW.to_state AND entered_on = entered THEN entered_seq ELSE NEW.seq END,
      entered_on = entered, due_on = j #>> '{due,on}', due_kind = j #>> '{due,kind}',
      due_basis = j #>> '{due,basis}', waits_for = j ->> 'waits_for', return_to = j ->> 'return_to',
      ending = (SELECT m.ending FROM legal_move m WHERE m.lifecycle = NEW.lifecycle AND m.action = NEW.action
        AND m.from_state = NEW.from_state AND m.to_state = NEW.to_state AND m.role = NEW.role),
      last_on = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_on ELSE NEW.on_date END,
      last_actor = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_actor ELSE NEW.actor END,
      last_operator = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_operator
        ELSE j ->> 'operator' END,
      edited = (j ->> 'edited')::bigint
    WHERE code = NEW.dossier;
  END IF;
  GET DIAGNOSTICS done = ROW_COUNT;
  IF done <> 1 THEN
    RAISE EXCEPTION 'KC20 the move was not carried out' USING ERRCODE = 'KC020';
  END IF;
  INSERT INTO paper (dossier, seq, idx, kind, number, date, signer, conclusion, file, file_name)
  SELECT NEW.dossier, NEW.seq, p.idx, p.v ->> 'kind', p.v ->> 'number', p.v ->> 'date', p.v ->> 'signer',
    p.v ->> 'conclusion', p.v ->> 'file', p.v ->> 'file_name'
  FROM (
    SELECT 0 AS idx, j -> 'doc' AS v WHERE j ->> 'doc' IS NOT NULL
    UNION ALL SELECT e.n, e.value FROM jsonb_array_elements(j -> 'papers') WITH ORDINALITY AS e(value, n)) p;
  IF amount_kind IS NOT NULL THEN
    INSERT INTO amount (dossier, seq, kind, round, dong)
    VALUES (NEW.dossier, NEW.seq, amount_kind, (j #>> '{amount,round}')::bigint, (j #>> '{amount,dong}')::bigint);
  END IF;
  IF NEW.seq = 1 THEN
    INSERT INTO fund (
      dossier, ceiling, approved, allocated, contracted, advanced, accepted, settled, returned, charges)
    SELECT d.code, d.total, 0, 0, 0, 0, 0, 0, 0, 0
    FROM lifecycle_version v JOIN dossier d ON d.code = NEW.dossier WHERE v.key = NEW.lifecycle AND v.fund = 1;
  ELSIF NEW.action = 'edit' THEN
    UPDATE fund SET ceiling = (j #>> '{content,total}')::bigint WHERE dossier = NEW.dossier;
  ELSIF owners <> '{}' THEN
    INSERT INTO charge (dossier, seq, owner, owner_kind, no, kind, dong)
    SELECT NEW.dossier, NEW.seq, f.dossier, o.kind, f.charges + 1, amount_kind, amount_added
    FROM fund f JOIN dossier o ON o.code = f.dossier WHERE f.dossier = ANY (owners);
    UPDATE fund SET
      charges = charges + 1,
      approved = approved + CASE amount_kind WHEN 'approved' THEN amount_added ELSE 0 END,
      allocated = allocated + CASE amount_kind WHEN 'allocated' THEN amount_added ELSE 0 END,
      contracted = contracted + CASE amount_kind WHEN 'contracted' THEN amount_added ELSE 0 END,
      advanced = advanced + CASE amount_kind WHEN 'advanced' THEN amount_added ELSE 0 END,
      accepted = accepted + CASE amount_kind WHEN 'accepted' THEN amount_added ELSE 0 END,
      settled = settled + CASE amount_kind WHEN 'settled' THEN amount_added ELSE 0 END,
      returned = returned + CASE amount_kind WHEN 'returned' THEN amount_added ELSE 0 END
    WHERE dossier = ANY (owners);
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> cardinality(owners) THEN
      RAISE EXCEPTION 'KC20 the move was not carried out' USING ERRCODE = 'KC020';
    END IF;
  END IF;
  IF NEW.action = 'note' AND j #> '{refs,clock}' IS NOT NULL THEN
    PERFORM kc_clock(NEW.dossier, NEW.seq, NEW.on_date, j #> '{refs,clock}');
  END IF;
  INSERT INTO log_queue (history_id) VALUES (NEW.id);
  RETURN NULL;
END $$;

CREATE TRIGGER history_check BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION kc_history_check();
CREATE TRIGGER history_apply AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION kc_history_apply();
CREATE TRIGGER history_fixed BEFORE UPDATE OR DELETE ON history
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC01 the history is append-only');
CREATE TRIGGER history_truncate BEFORE TRUNCATE ON history EXECUTE FUNCTION kc_refuse('KC01 the history is append-only');

-- What follows from the history moves with it, never alone.

CREATE FUNCTION kc_dossier_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.version IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END)
      OR NOT EXISTS (SELECT 1 FROM history h WHERE h.dossier = NEW.code AND h.seq = NEW.version
        AND h.hash = NEW.head AND h.to_state = NEW.state AND (TG_OP = 'UPDATE'
          OR (h.id = abs(NEW.id) AND (NEW.id > 0) = (NEW.kind = 'proposal')))) THEN
    RAISE EXCEPTION 'KC24 a dossier changes with its history row, never alone' USING ERRCODE = 'KC024';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.code, NEW.kind, NEW.lifecycle, NEW.import_key)
      IS DISTINCT FROM (OLD.id, OLD.code, OLD.kind, OLD.lifecycle, OLD.import_key) THEN
    RAISE EXCEPTION 'KC25 code, kind, lifecycle and import key of a dossier are fixed' USING ERRCODE = 'KC025';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dossier_guard BEFORE INSERT OR UPDATE ON dossier FOR EACH ROW EXECUTE FUNCTION kc_dossier_guard();
CREATE TRIGGER dossier_delete BEFORE DELETE ON dossier
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC26 a dossier is never deleted');
CREATE TRIGGER dossier_truncate BEFORE TRUNCATE ON dossier EXECUTE FUNCTION kc_refuse('KC26 a dossier is never deleted');

CREATE FUNCTION kc_paper_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE p jsonb;
BEGIN
  SELECT CASE NEW.idx WHEN 0 THEN leaf::jsonb -> 'doc' ELSE leaf::jsonb -> 'papers' -> (NEW.idx::int - 1) END INTO p
  FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq;
  IF NEW.idx < 0 OR (p ->> 'kind', p ->> 'number', p ->> 'date', p ->> 'signer', p ->> 'conclusion', p ->> 'file', p ->> 'file_name')
      IS DISTINCT FROM
      (NEW.kind, NEW.number, NEW.date, NEW.signer, NEW.conclusion, NEW.file, NEW.file_name) THEN
    RAISE EXCEPTION 'KC27 papers are recorded by the history, never alone' USING ERRCODE = 'KC027';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER paper_insert BEFORE INSERT ON paper FOR EACH ROW EXECUTE FUNCTION kc_paper_guard();
CREATE TRIGGER paper_fixed BEFORE UPDATE OR DELETE ON paper
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC27 papers are recorded by the history, never alone');
CREATE TRIGGER paper_truncate BEFORE TRUNCATE ON paper
  EXECUTE FUNCTION kc_refuse('KC27 papers are recorded by the history, never alone');

CREATE FUNCTION kc_amount_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
      AND leaf::jsonb #>> '{amount,kind}' = NEW.kind AND (leaf::jsonb #>> '{amount,dong}')::bigint = NEW.dong
      AND (leaf::jsonb #>> '{amount,round}')::bigint IS NOT DISTINCT FROM NEW.round) THEN
    RAISE EXCEPTION 'KC28 amounts are recorded by the history, never alone' USING ERRCODE = 'KC028';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER amount_insert BEFORE INSERT ON amount FOR EACH ROW EXECUTE FUNCTION kc_amount_guard();
CREATE TRIGGER amount_fixed BEFORE UPDATE OR DELETE ON amount
  FOR EACH ROW EXECUTE FUNCTION kc_refuse('KC28 amounts are recorded by the history, never alone');
CREATE TRIGGER amount_truncate BEFORE TRUNCATE ON amount
  EXECUTE FUNCTION kc_refuse('KC28 amounts are recorded by the history, never alone');

-- Funds and what charges them. A change of a fund is the next charge, or the ceiling that its dossier has; every
-- charge of the history is there from its row on, so nobody can add one later.

CREATE FUNCTION kc_fund_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE right_ boolean; short text;
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
    right_ := NEW.charges = OLD.charges + 1 AND NEW.ceiling = OLD.ceiling
      AND EXISTS (SELECT 1 FROM charge c WHERE c.owner = NEW.dossier AND c.no = NEW.charges
        AND (NEW.approved - OLD.approved, NEW.allocated - OLD.allocated, NEW.contracted - OLD.contracted, NEW.advanced - OLD.advanced, NEW.accepted - OLD.accepted, NEW.settled - OLD.settled, NEW.returned - OLD.returned)
          = (CASE c.kind WHEN 'approved' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'allocated' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'contracted' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'advanced' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'accepted' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'settled' THEN c.dong ELSE 0 END, CASE c.kind WHEN 'returned' THEN c.dong ELSE 0 END));
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
  IF NOT EXISTS (SELECT 1 FROM history h JOIN dossier o ON o.code = NEW.owner AND o.kind = NEW.owner_kind
      JOIN fund f ON f.dossier = NEW.owner AND f.charges + 1 = NEW.no
      WHERE h.dossier = NEW.dossier AND h.seq = NEW.seq AND h.leaf::jsonb #> '{refs,charges}' ? NEW.owner
        AND h.leaf::jsonb #>> '{amount,kind}' = NEW.kind
        AND (h.leaf::jsonb #>> '{amount,after}')::bigint
          - coalesce((h.leaf::jsonb #>> '{amount,before}')::bigint, 0) = NEW.dong) THEN
    RAISE EXCEPTION 'KC45 charges are recorded by the history, never alone' USING ERRCODE = 'KC045';
  END IF;
  IF NEW.owner_kind = 'allocation_round' AND NEW.kind = 'allocated' AND NEW.dong > 0
      AND EXISTS (SELECT 1 FROM charge WHERE owner = NEW.owner AND dossier = NEW.dossier
        AND owner_kind = 'allocation_round' AND kind = 'allocated' AND dong > 0) THEN
    RAISE EXCEPTION 'KC29 the dossier stands in this round already' USING ERRCODE = 'KC029';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER charge_insert BEFORE INSERT ON charge FOR EACH ROW EXECUTE FUNCTION kc_charge_guard();
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
      NEW.inclusive, NEW.basis, NEW.valid_from, NEW.set_by, NEW.set_at) IS DISTINCT FROM
    (OLD.id, OLD.office, OLD.lifecycle, OLD.state, OLD."by", OLD.days, OLD.month, OLD.day, OLD.plan_year,
      OLD.inclusive, OLD.basis, OLD.valid_from, OLD.set_by, OLD.set_at))
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
    right_ := EXISTS (SELECT 1 FROM history WHERE id = NEW.history_id)
      AND NOT EXISTS (SELECT 1 FROM log_position WHERE history_id = NEW.history_id);
  ELSIF TG_TABLE_NAME = 'log_queue' AND TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM log_position WHERE history_id = OLD.history_id) THEN
      RETURN OLD;
    END IF;
  ELSIF TG_TABLE_NAME = 'log_position' AND TG_OP = 'INSERT' THEN
    right_ := EXISTS (SELECT 1 FROM history WHERE id = NEW.history_id AND hash = NEW.hash)
      AND NEW.position > (SELECT size FROM log_head WHERE id = 1);
  ELSIF TG_TABLE_NAME = 'log_head' AND TG_OP = 'UPDATE' THEN
    right_ := NEW.id = OLD.id AND NEW.size > OLD.size AND NEW.size - OLD.size = (
      SELECT count(*) FROM log_position WHERE position > OLD.size AND position <= NEW.size);
  END IF;
  IF right_ IS NOT TRUE THEN
    RAISE EXCEPTION 'KC31 the tree grows with the history, never alone' USING ERRCODE = 'KC031';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log_queue_guard BEFORE INSERT OR UPDATE OR DELETE ON log_queue
  FOR EACH ROW EXECUTE FUNCTION kc_log_guard();
CREATE TRIGGER log_queue_truncate BEFORE TRUNCATE ON log_queue
  EXECUTE FUNCTION kc_refuse('KC31 the tree grows with the history, never alone');
CREATE TRIGGER log_position_guard BEFORE INSERT OR UPDATE OR DELETE ON log_position
  FOR EACH ROW EXECUTE FUNCTION kc_log_guard();
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
