-- The guards of the store on SQLite. A history row is the move: these triggers check it and carry it out.
--
-- No guard relies on a PRAGMA (foreign_keys, recursive_triggers, ignore_check_constraints): a stranger's
-- connection may set them otherwise. REPLACE deletes without asking, so every unique key is guarded before the
-- insert; IGNORE skips a failing statement inside a trigger too, so effects are checked after it.
-- kc_leaf and kc_peaks are registered by the application (db.engine): a foreign tool can read, but its
-- writes fail.

CREATE TRIGGER history_check BEFORE INSERT ON history
BEGIN
  SELECT CASE kc_leaf(NEW.leaf, NEW.hash)
    WHEN 'ok' THEN NULL
    WHEN 'digest' THEN RAISE(ROLLBACK, 'KC04 the digest is not the content''s')
    WHEN 'hash' THEN RAISE(ROLLBACK, 'KC03 the hash is not the leaf''s')
    ELSE RAISE(ROLLBACK, 'KC02 the leaf is not in the agreed form')
  END;
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq)
      THEN RAISE(ROLLBACK, 'KC06 somebody moved the dossier first: the row is taken')
    WHEN EXISTS (SELECT 1 FROM history WHERE request = NEW.request)
      THEN RAISE(ROLLBACK, 'KC05 the request was carried out before')
  END;
  SELECT CASE
    WHEN NEW.seq <> coalesce(d.version, 0) + 1
      THEN RAISE(ROLLBACK, 'KC06 somebody moved the dossier first: seq is not the next one')
    WHEN json_extract(NEW.leaf, '$.prev') <> coalesce(d.head, '0000000000000000000000000000000000000000000000000000000000000000')
      THEN RAISE(ROLLBACK, 'KC07 somebody moved the dossier first: prev is not its last leaf')
    WHEN NEW.from_state IS NOT d.state
      THEN RAISE(ROLLBACK, 'KC08 somebody moved the dossier first: from is not its state')
    WHEN d.lifecycle <> NEW.lifecycle
      THEN RAISE(ROLLBACK, 'KC09 the dossier follows another lifecycle')
    WHEN m.fsm IS NULL OR NOT EXISTS (SELECT 1 FROM lifecycle_version WHERE "key" = NEW.lifecycle)
      THEN RAISE(ROLLBACK, 'KC10 not a legal move')
    WHEN m.fsm <> json_extract(NEW.leaf, '$.fsm')
      THEN RAISE(ROLLBACK, 'KC11 made under other rules than the installed ones')
    WHEN (NEW.action = 'create') <> (NEW.seq = 1)
      THEN RAISE(ROLLBACK, 'KC12 create is the first row, and only that')
    WHEN m.needs_reason AND json_extract(NEW.leaf, '$.reason') IS NULL
      THEN RAISE(ROLLBACK, 'KC13 the action needs a reason')
    WHEN NEW.on_date < d.last_on AND NEW.action NOT IN ('record_papers', 'correct', 'note')
      THEN RAISE(ROLLBACK, 'KC14 an act before the last act')
    WHEN (NEW.action IN ('create', 'edit')) <> (json_extract(NEW.leaf, '$.content.title') IS NOT NULL)
      OR (NEW.action IN ('create', 'edit')) <> (json_extract(NEW.leaf, '$.refs.folded') IS NOT NULL)
      THEN RAISE(ROLLBACK, 'KC15 content and refs.folded belong to create and edit, and only there')
    WHEN NEW.action NOT IN ('create', 'edit') AND json_extract(NEW.leaf, '$.digest') IS NOT d.digest
      THEN RAISE(ROLLBACK, 'KC04 the digest is not the content''s')
    WHEN json_extract(NEW.leaf, '$.edited') <> NEW.seq
      AND (NEW.action IN ('create', 'edit') OR json_extract(NEW.leaf, '$.edited') IS NOT d.edited)
      THEN RAISE(ROLLBACK, 'KC16 edited is neither this row nor the one before')
    WHEN json_extract(NEW.leaf, '$.entered_on') <> NEW.on_date
      AND (NEW.from_state IS NOT NEW.to_state OR json_extract(NEW.leaf, '$.entered_on') <> d.entered_on)
      THEN RAISE(ROLLBACK, 'KC17 entered_on is neither this act nor the one before')
    WHEN json_extract(NEW.leaf, '$.amount.kind') IS NOT NULL
      AND coalesce(json_extract(NEW.leaf, '$.amount.before'), 0) IS NOT CASE json_extract(NEW.leaf, '$.amount.kind')
          WHEN 'approved' THEN coalesce(d.approved, 0)
          WHEN 'allocated' THEN d.allocated
          WHEN 'contracted' THEN d.contracted
          WHEN 'advanced' THEN d.advanced
          WHEN 'accepted' THEN d.accepted
          WHEN 'settled' THEN d.settled
          WHEN 'returned' THEN d.returned END
      THEN RAISE(ROLLBACK, 'KC18 amount.before is not the present amount')
    WHEN m.second_person AND (NEW.actor IN (d.last_actor, d.last_operator)
        OR json_extract(NEW.leaf, '$.operator') = d.last_actor
        OR (json_extract(NEW.leaf, '$.operator') = d.last_operator
          AND EXISTS (SELECT 1 FROM person WHERE login = d.last_operator)
          AND NOT EXISTS (SELECT 1 FROM meta WHERE "key" = 'four_eyes' AND value = 'names')))
      THEN RAISE(ROLLBACK, 'KC43 who proposed it can not confirm it')
    WHEN m.charges <> '' AND substr(m.charges, 1, 1) <> '?' AND json_extract(NEW.leaf, '$.refs.charges[0]') IS NULL
      THEN RAISE(ROLLBACK, 'KC42 not the funds that this act charges')
  END
  FROM log_head h
  LEFT JOIN dossier d ON d.code = NEW.dossier
  LEFT JOIN legal_move m ON m.lifecycle = NEW.lifecycle AND m.action = NEW.action
    AND m.from_state = coalesce(NEW.from_state, '') AND m.to_state = NEW.to_state AND m.role = NEW.role
  WHERE h.id = 1;
  -- Each kind that must be charged is, each other one only where it may be, and none twice.
  SELECT CASE
    WHEN sum(f.dossier IS NULL OR o.ending <> '') > 0
      THEN RAISE(ROLLBACK, 'KC41 a charge on what has no fund or has ended')
    WHEN (count(*) = 2 AND min(o.kind) = max(o.kind))
      OR (count(*) > 2 AND count(*) <> (SELECT count(DISTINCT d.kind)
        FROM json_each(NEW.leaf, '$.refs.charges') e JOIN dossier d ON d.code = e.value))
      OR sum(instr(' ' || replace(m.charges, '?', '') || ' ', ' ' || o.kind || ' ') > 0) <> count(*)
      OR sum(instr(' ' || m.charges || ' ', ' ' || o.kind || ' ') > 0) <> CASE m.charges WHEN '' THEN 0
        ELSE 1 + length(m.charges) - length(replace(m.charges, ' ', ''))
          - (length(m.charges) - length(replace(m.charges, '?', ''))) END
      THEN RAISE(ROLLBACK, 'KC42 not the funds that this act charges')
  END
  FROM json_each(json_extract(NEW.leaf, '$.refs.charges')) c
  JOIN legal_move m ON m.lifecycle = NEW.lifecycle AND m.action = NEW.action
    AND m.from_state = coalesce(NEW.from_state, '') AND m.to_state = NEW.to_state AND m.role = NEW.role
  LEFT JOIN dossier o ON o.code = c.value LEFT JOIN fund f ON f.dossier = c.value
  WHERE json_extract(NEW.leaf, '$.refs.charges[0]') IS NOT NULL;
END;

CREATE TRIGGER history_note BEFORE INSERT ON history WHEN NEW.action = 'note'
BEGIN
  -- A note moves nothing, except what a clock note says; a row that comes too late is history_check's to name.
  SELECT CASE
    WHEN json_extract(NEW.leaf, '$.entered_on') IS NOT d.entered_on
      OR json_extract(NEW.leaf, '$.waits_for') IS NOT d.waits_for
      OR json_extract(NEW.leaf, '$.return_to') IS NOT d.return_to
      OR json_extract(NEW.leaf, '$.budget_year') IS NOT d.budget_year
      OR json_extract(NEW.leaf, '$.edited') IS NOT d.edited
      OR json_extract(NEW.leaf, '$.amount.kind') IS NOT NULL
      THEN RAISE(ROLLBACK, 'KC50 a note moves nothing')
    WHEN coalesce(c.act, '') NOT IN ('hold', 'lift', 'recount')
      AND (json_extract(NEW.leaf, '$.due.on') IS NOT d.due_on OR json_extract(NEW.leaf, '$.due.kind') IS NOT d.due_kind
        OR json_extract(NEW.leaf, '$.due.basis') IS NOT d.due_basis)
      THEN RAISE(ROLLBACK, 'KC50 a note moves no deadline')
    WHEN c.act = 'recount' AND (json_extract(NEW.leaf, '$.refs.clock.before.on') IS NOT d.due_on
        OR json_extract(NEW.leaf, '$.refs.clock.before.kind') IS NOT d.due_kind
        OR json_extract(NEW.leaf, '$.refs.clock.before.basis') IS NOT d.due_basis)
      THEN RAISE(ROLLBACK, 'KC50 the date before is not the present one')
    WHEN c.act IS NOT NULL AND d.ending <> ''
      THEN RAISE(ROLLBACK, 'KC49 the clock of what has ended stands still')
    WHEN c.act = 'hold' AND (c.from_on < d.entered_on OR EXISTS (SELECT 1 FROM hold h
        WHERE h.dossier = d.code AND h.entered_seq = d.entered_seq AND h.from_on <= c.until_on
          AND h.until_on >= c.from_on AND (h.lifted_on IS NULL OR h.lifted_on > c.from_on)))
      THEN RAISE(ROLLBACK, 'KC49 a hold begins in the state and overlaps no other')
    WHEN c.act = 'lift' AND NOT EXISTS (SELECT 1 FROM hold h
        WHERE h.dossier = d.code AND h.seq = json_extract(NEW.leaf, '$.refs.clock.hold')
          AND h.entered_seq = d.entered_seq AND h.lifted_seq IS NULL
          AND json_extract(NEW.leaf, '$.refs.clock.on') BETWEEN h.from_on AND h.until_on)
      THEN RAISE(ROLLBACK, 'KC49 there is no such hold to lift')
  END
  FROM dossier d
  JOIN (SELECT json_extract(NEW.leaf, '$.refs.clock.act') AS act, json_extract(NEW.leaf, '$.refs.clock.from') AS from_on,
    json_extract(NEW.leaf, '$.refs.clock.until') AS until_on) c
  WHERE d.code = NEW.dossier AND d.version = NEW.seq - 1 AND d.head = json_extract(NEW.leaf, '$.prev')
    AND d.state = NEW.from_state;
END;

-- What a row brings with it beside its dossier. Each view takes one kind of it and keeps nothing: its triggers are
-- procedures that look at a condition before anything is set up (INSERT … SELECT … WHERE sets up a table first).

CREATE VIEW history_papers AS SELECT dossier, seq, NULL AS doc, NULL AS papers FROM history;
CREATE TRIGGER history_doc INSTEAD OF INSERT ON history_papers WHEN NEW.doc IS NOT NULL
BEGIN
  INSERT INTO paper (dossier, seq, idx, kind, number, date, signer, conclusion, file, file_name)
  VALUES (NEW.dossier, NEW.seq, 0, json_extract(NEW.doc, '$.kind'), json_extract(NEW.doc, '$.number'),
    json_extract(NEW.doc, '$.date'), json_extract(NEW.doc, '$.signer'), json_extract(NEW.doc, '$.conclusion'),
    json_extract(NEW.doc, '$.file'), json_extract(NEW.doc, '$.file_name'));
END;
CREATE TRIGGER history_further INSTEAD OF INSERT ON history_papers WHEN NEW.papers <> '[]'
BEGIN
  INSERT INTO paper (dossier, seq, idx, kind, number, date, signer, conclusion, file, file_name)
  SELECT NEW.dossier, NEW.seq, p.key + 1, json_extract(p.value, '$.kind'), json_extract(p.value, '$.number'),
    json_extract(p.value, '$.date'), json_extract(p.value, '$.signer'), json_extract(p.value, '$.conclusion'),
    json_extract(p.value, '$.file'), json_extract(p.value, '$.file_name')
  FROM json_each(NEW.papers) p;
END;

CREATE VIEW history_amount AS SELECT dossier, seq, NULL AS kind, NULL AS round, NULL AS dong FROM history;
CREATE TRIGGER history_moves_amount INSTEAD OF INSERT ON history_amount WHEN NEW.kind IS NOT NULL
BEGIN
  INSERT INTO amount (dossier, seq, kind, round, dong) VALUES (NEW.dossier, NEW.seq, NEW.kind, NEW.round, NEW.dong);
END;

CREATE VIEW history_charges AS SELECT dossier, seq, NULL AS owners, NULL AS kind, NULL AS dong FROM history;
CREATE TRIGGER history_charge INSTEAD OF INSERT ON history_charges WHEN NEW.owners <> '[]'
BEGIN
  INSERT INTO charge (dossier, seq, owner, owner_kind, no, kind, dong)
  SELECT NEW.dossier, NEW.seq, f.dossier, o.kind, f.charges + 1, NEW.kind, NEW.dong
  FROM json_each(NEW.owners) c JOIN fund f ON f.dossier = c.value JOIN dossier o ON o.code = f.dossier;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out')
  WHERE (SELECT count(*) FROM charge c JOIN fund f ON f.dossier = c.owner AND f.charges = c.no
    WHERE c.dossier = NEW.dossier AND c.seq = NEW.seq) <> json_array_length(NEW.owners);
END;

-- One trigger for each kind of row, so that the order of its steps is certain: the tree grows last, and until
-- then a row that is not counted in it is a row being inserted (the guards of paper, amount, fund and charge rely
-- on that).

CREATE TRIGGER history_create AFTER INSERT ON history WHEN NEW.seq = 1
BEGIN
  INSERT INTO dossier (
    id, code, kind, lifecycle, state, version, head, title, folded, source, plan_year, budget_year, province,
    unit_office, total, requested, approved, allocated, advanced, entered_on, entered_at, entered_seq,
    due_on, due_kind, due_basis, waits_for, return_to, ending, last_on, last_actor, last_operator, edited, digest,
    import_key, content_seq, contents)
  SELECT
    CASE v.subject WHEN 'proposal' THEN NEW.id ELSE -NEW.id END, NEW.dossier, v.subject, NEW.lifecycle, NEW.to_state, 1, NEW.hash,
    json_extract(NEW.leaf, '$.content.title'), json_extract(NEW.leaf, '$.refs.folded'),
    json_extract(NEW.leaf, '$.content.source'), json_extract(NEW.leaf, '$.content.plan_year'),
    json_extract(NEW.leaf, '$.budget_year'), json_extract(NEW.leaf, '$.content.province'),
    json_extract(NEW.leaf, '$.content.unit_office'), json_extract(NEW.leaf, '$.content.total'),
    json_extract(NEW.leaf, '$.content.requested'), NULL, 0, 0, NEW.on_date, json_extract(NEW.leaf, '$.at'), 1,
    json_extract(NEW.leaf, '$.due.on'), json_extract(NEW.leaf, '$.due.kind'),
    json_extract(NEW.leaf, '$.due.basis'), json_extract(NEW.leaf, '$.waits_for'),
    json_extract(NEW.leaf, '$.return_to'), m.ending, NEW.on_date, NEW.actor,
    json_extract(NEW.leaf, '$.operator'), 1,
    json_extract(NEW.leaf, '$.digest'), json_extract(NEW.leaf, '$.content.import_key'), 1,
    (SELECT coalesce(sum(DISTINCT 1 << c.value), 0) FROM json_each(NEW.leaf, '$.content.content_codes') c
      WHERE c.type = 'integer' AND c.value BETWEEN 0 AND 61)
  FROM lifecycle_version v JOIN legal_move m ON m.lifecycle = v."key"
  WHERE v."key" = NEW.lifecycle AND m.action = NEW.action AND m.from_state = ''
    AND m.to_state = NEW.to_state AND m.role = NEW.role;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out') WHERE changes() <> 1;
  INSERT INTO dossier_search (rowid, code, folded, marks)
  SELECT id, code, folded, marks FROM dossier_words WHERE id = NEW.id;
  INSERT INTO fund (
    dossier, ceiling, approved, allocated, contracted, advanced, accepted, settled, returned, charges)
  SELECT d.code, d.total, 0, 0, 0, 0, 0, 0, 0, 0
  FROM lifecycle_version v JOIN dossier d ON d.code = NEW.dossier WHERE v."key" = NEW.lifecycle AND v.fund = 1;
  INSERT INTO history_papers (dossier, seq, doc, papers)
  VALUES (NEW.dossier, NEW.seq, json_extract(NEW.leaf, '$.doc'), json_extract(NEW.leaf, '$.papers'));
  INSERT INTO history_amount (dossier, seq, kind, round, dong) VALUES (NEW.dossier, NEW.seq,
    json_extract(NEW.leaf, '$.amount.kind'), json_extract(NEW.leaf, '$.amount.round'),
    json_extract(NEW.leaf, '$.amount.dong'));
  UPDATE log_head SET size = NEW.id, peaks = kc_peaks(size, peaks, NEW.hash) WHERE id = 1 AND size = NEW.id - 1;
  SELECT RAISE(ROLLBACK, 'KC21 the row is not the next leaf of the tree') WHERE changes() <> 1;
END;

CREATE TRIGGER history_move AFTER INSERT ON history
WHEN NEW.seq > 1 AND NEW.action <> 'edit'
  AND (NEW.action <> 'note' OR json_extract(NEW.leaf, '$.refs.clock.act') IS NULL)
BEGIN
  UPDATE dossier SET
    state = NEW.to_state, version = NEW.seq, head = NEW.hash,
    budget_year = json_extract(NEW.leaf, '$.budget_year'),
    approved = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'approved'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE approved END,
    allocated = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'allocated'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE allocated END,
    contracted = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'contracted'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE contracted END,
    advanced = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'advanced'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE advanced END,
    accepted = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'accepted'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE accepted END,
    settled = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'settled'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE settled END,
    returned = CASE json_extract(NEW.leaf, '$.amount.kind') WHEN 'returned'
      THEN json_extract(NEW.leaf, '$.amount.after') ELSE returned END,
    entered_at = CASE WHEN state = NEW.to_state AND entered_on = json_extract(NEW.leaf, '$.entered_on')
      THEN entered_at ELSE json_extract(NEW.leaf, '$.at') END,
    entered_seq = CASE WHEN state = NEW.to_state AND entered_on = json_extract(NEW.leaf, '$.entered_on')
      THEN entered_seq ELSE NEW.seq END,
    entered_on = json_extract(NEW.leaf, '$.entered_on'),
    due_on = json_extract(NEW.leaf, '$.due.on'), due_kind = json_extract(NEW.leaf, '$.due.kind'),
    due_basis = json_extract(NEW.leaf, '$.due.basis'), waits_for = json_extract(NEW.leaf, '$.waits_for'),
    return_to = json_extract(NEW.leaf, '$.return_to'),
    ending = (SELECT m.ending FROM legal_move m WHERE m.lifecycle = NEW.lifecycle AND m.action = NEW.action
      AND m.from_state = NEW.from_state AND m.to_state = NEW.to_state AND m.role = NEW.role),
    last_on = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_on ELSE NEW.on_date END,
    last_actor = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_actor ELSE NEW.actor END,
    last_operator = CASE WHEN NEW.action IN ('record_papers', 'correct', 'note') THEN last_operator
      ELSE json_extract(NEW.leaf, '$.operator') END,
    edited = json_extract(NEW.leaf, '$.edited')
  WHERE code = NEW.dossier;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out') WHERE changes() <> 1;
  INSERT INTO history_papers (dossier, seq, doc, papers)
  VALUES (NEW.dossier, NEW.seq, json_extract(NEW.leaf, '$.doc'), json_extract(NEW.leaf, '$.papers'));
  INSERT INTO history_amount (dossier, seq, kind, round, dong) VALUES (NEW.dossier, NEW.seq,
    json_extract(NEW.leaf, '$.amount.kind'), json_extract(NEW.leaf, '$.amount.round'),
    json_extract(NEW.leaf, '$.amount.dong'));
  INSERT INTO history_charges (dossier, seq, owners, kind, dong) VALUES (NEW.dossier, NEW.seq,
    json_extract(NEW.leaf, '$.refs.charges'), json_extract(NEW.leaf, '$.amount.kind'),
    json_extract(NEW.leaf, '$.amount.after') - coalesce(json_extract(NEW.leaf, '$.amount.before'), 0));
  UPDATE log_head SET size = NEW.id, peaks = kc_peaks(size, peaks, NEW.hash) WHERE id = 1 AND size = NEW.id - 1;
  SELECT RAISE(ROLLBACK, 'KC21 the row is not the next leaf of the tree') WHERE changes() <> 1;
END;

CREATE TRIGGER history_clock AFTER INSERT ON history
WHEN NEW.seq > 1 AND NEW.action = 'note' AND json_extract(NEW.leaf, '$.refs.clock.act') IS NOT NULL
BEGIN
  UPDATE dossier SET
    version = NEW.seq, head = NEW.hash, due_on = json_extract(NEW.leaf, '$.due.on'),
    due_kind = json_extract(NEW.leaf, '$.due.kind'), due_basis = json_extract(NEW.leaf, '$.due.basis')
  WHERE code = NEW.dossier;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out') WHERE changes() <> 1;
  INSERT INTO history_papers (dossier, seq, doc, papers)
  VALUES (NEW.dossier, NEW.seq, json_extract(NEW.leaf, '$.doc'), json_extract(NEW.leaf, '$.papers'));
  INSERT INTO clock (dossier, seq, entered_seq, holder, reminders, reminded_on, level)
  SELECT d.code, NEW.seq, d.entered_seq, json_extract(NEW.leaf, '$.refs.clock.holder'), c.act = 'remind',
    CASE c.act WHEN 'remind' THEN NEW.on_date END, coalesce(json_extract(NEW.leaf, '$.refs.clock.level'), 0)
  FROM dossier d JOIN (SELECT json_extract(NEW.leaf, '$.refs.clock.act') AS act) c
  WHERE d.code = NEW.dossier AND c.act <> 'recount'
  ON CONFLICT (dossier) DO UPDATE SET
    seq = excluded.seq, entered_seq = excluded.entered_seq,
    holder = CASE WHEN entered_seq = excluded.entered_seq AND json_extract(NEW.leaf, '$.refs.clock.act') <> 'reassign'
      THEN holder ELSE excluded.holder END,
    reminders = excluded.reminders + CASE WHEN entered_seq = excluded.entered_seq THEN reminders ELSE 0 END,
    reminded_on = CASE WHEN entered_seq = excluded.entered_seq AND excluded.reminded_on IS NULL
      THEN reminded_on ELSE excluded.reminded_on END,
    level = CASE WHEN entered_seq = excluded.entered_seq AND json_extract(NEW.leaf, '$.refs.clock.act') <> 'escalate'
      THEN level ELSE excluded.level END;
  INSERT INTO hold (dossier, seq, entered_seq, party, from_on, until_on)
  SELECT d.code, NEW.seq, d.entered_seq, json_extract(NEW.leaf, '$.refs.clock.party'),
    json_extract(NEW.leaf, '$.refs.clock.from'), json_extract(NEW.leaf, '$.refs.clock.until')
  FROM dossier d WHERE d.code = NEW.dossier AND json_extract(NEW.leaf, '$.refs.clock.act') = 'hold';
  UPDATE hold SET lifted_on = json_extract(NEW.leaf, '$.refs.clock.on'), lifted_seq = NEW.seq
  WHERE dossier = NEW.dossier AND seq = json_extract(NEW.leaf, '$.refs.clock.hold')
    AND json_extract(NEW.leaf, '$.refs.clock.act') = 'lift';
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out')
  WHERE CASE json_extract(NEW.leaf, '$.refs.clock.act')
    WHEN 'recount' THEN 0
    WHEN 'hold' THEN NOT EXISTS (SELECT 1 FROM hold WHERE dossier = NEW.dossier AND seq = NEW.seq)
    WHEN 'lift' THEN NOT EXISTS (SELECT 1 FROM hold WHERE dossier = NEW.dossier AND lifted_seq = NEW.seq)
    ELSE NOT EXISTS (SELECT 1 FROM clock WHERE dossier = NEW.dossier AND seq = NEW.seq) END;
  UPDATE log_head SET size = NEW.id, peaks = kc_peaks(size, peaks, NEW.hash) WHERE id = 1 AND size = NEW.id - 1;
  SELECT RAISE(ROLLBACK, 'KC21 the row is not the next leaf of the tree') WHERE changes() <> 1;
END;

CREATE TRIGGER history_edit AFTER INSERT ON history WHEN NEW.seq > 1 AND NEW.action = 'edit'
BEGIN
  INSERT INTO dossier_search (dossier_search, rowid, code, folded, marks)
  SELECT 'delete', id, code, folded, marks FROM dossier_words WHERE code = NEW.dossier;
  UPDATE dossier SET
    state = NEW.to_state, version = NEW.seq, head = NEW.hash,
    title = json_extract(NEW.leaf, '$.content.title'), folded = json_extract(NEW.leaf, '$.refs.folded'),
    source = json_extract(NEW.leaf, '$.content.source'),
    plan_year = json_extract(NEW.leaf, '$.content.plan_year'),
    budget_year = json_extract(NEW.leaf, '$.budget_year'),
    province = json_extract(NEW.leaf, '$.content.province'),
    unit_office = json_extract(NEW.leaf, '$.content.unit_office'),
    total = json_extract(NEW.leaf, '$.content.total'),
    requested = json_extract(NEW.leaf, '$.content.requested'),
    entered_at = CASE WHEN entered_on = json_extract(NEW.leaf, '$.entered_on') THEN entered_at ELSE json_extract(NEW.leaf, '$.at') END,
    entered_seq = CASE WHEN entered_on = json_extract(NEW.leaf, '$.entered_on') THEN entered_seq ELSE NEW.seq END,
    entered_on = json_extract(NEW.leaf, '$.entered_on'),
    due_on = json_extract(NEW.leaf, '$.due.on'), due_kind = json_extract(NEW.leaf, '$.due.kind'),
    due_basis = json_extract(NEW.leaf, '$.due.basis'), waits_for = json_extract(NEW.leaf, '$.waits_for'),
    return_to = json_extract(NEW.leaf, '$.return_to'),
    last_on = NEW.on_date, last_actor = NEW.actor, last_operator = json_extract(NEW.leaf, '$.operator'),
    edited = NEW.seq,
    digest = json_extract(NEW.leaf, '$.digest'), content_seq = NEW.seq,
    contents = (SELECT coalesce(sum(DISTINCT 1 << c.value), 0) FROM json_each(NEW.leaf, '$.content.content_codes') c
      WHERE c.type = 'integer' AND c.value BETWEEN 0 AND 61)
  WHERE code = NEW.dossier;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out') WHERE changes() <> 1;
  INSERT INTO dossier_search (rowid, code, folded, marks)
  SELECT id, code, folded, marks FROM dossier_words WHERE code = NEW.dossier;
  UPDATE fund SET ceiling = json_extract(NEW.leaf, '$.content.total') WHERE dossier = NEW.dossier;
  INSERT INTO history_papers (dossier, seq, doc, papers)
  VALUES (NEW.dossier, NEW.seq, json_extract(NEW.leaf, '$.doc'), json_extract(NEW.leaf, '$.papers'));
  INSERT INTO history_amount (dossier, seq, kind, round, dong) VALUES (NEW.dossier, NEW.seq,
    json_extract(NEW.leaf, '$.amount.kind'), json_extract(NEW.leaf, '$.amount.round'),
    json_extract(NEW.leaf, '$.amount.dong'));
  UPDATE log_head SET size = NEW.id, peaks = kc_peaks(size, peaks, NEW.hash) WHERE id = 1 AND size = NEW.id - 1;
  SELECT RAISE(ROLLBACK, 'KC21 the row is not the next leaf of the tree') WHERE changes() <> 1;
END;

CREATE TRIGGER history_update BEFORE UPDATE ON history
BEGIN SELECT RAISE(ROLLBACK, 'KC01 the history is append-only'); END;
CREATE TRIGGER history_delete BEFORE DELETE ON history
BEGIN SELECT RAISE(ROLLBACK, 'KC01 the history is append-only'); END;

-- What follows from the history moves with it, never alone.

CREATE TRIGGER dossier_insert BEFORE INSERT ON dossier
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM dossier WHERE code = NEW.code OR id = NEW.id)
      THEN RAISE(ROLLBACK, 'KC22 the dossier is there already')
    WHEN NEW.import_key IS NOT NULL AND EXISTS (SELECT 1 FROM dossier WHERE import_key = NEW.import_key)
      THEN RAISE(ROLLBACK, 'KC23 a dossier was imported from this row already')
    WHEN NEW.version <> 1 OR (NEW.id > 0) <> (NEW.kind = 'proposal')
      OR NOT EXISTS (SELECT 1 FROM history h WHERE h.dossier = NEW.code AND h.seq = 1
        AND h.id = abs(NEW.id) AND h.hash = NEW.head)
      THEN RAISE(ROLLBACK, 'KC24 a dossier changes with its history row, never alone')
    WHEN NEW.total < 0 OR NEW.requested < 0 OR NEW.approved IS NOT NULL OR NEW.allocated <> 0 OR NEW.advanced <> 0
      OR NEW.contracted <> 0 OR NEW.accepted <> 0 OR NEW.settled <> 0 OR NEW.returned <> 0
      THEN RAISE(ROLLBACK, 'KC30 amounts out of bounds')
  END;
END;

CREATE TRIGGER dossier_update BEFORE UPDATE ON dossier
BEGIN
  SELECT CASE
    WHEN NEW.version IS NOT OLD.version + 1
      OR NOT EXISTS (SELECT 1 FROM history h WHERE h.dossier = NEW.code AND h.seq = NEW.version AND h.hash = NEW.head)
      THEN RAISE(ROLLBACK, 'KC24 a dossier changes with its history row, never alone')
    WHEN NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.lifecycle <> OLD.lifecycle
      OR NEW.import_key IS NOT OLD.import_key
      THEN RAISE(ROLLBACK, 'KC25 code, kind, lifecycle and import key of a dossier are fixed')
    WHEN NEW.total < 0 OR NEW.requested < 0 OR NEW.approved < 0 OR NEW.approved > NEW.total
      OR NEW.allocated < 0 OR NEW.allocated > coalesce(NEW.approved, 0)
      OR NEW.advanced < 0 OR NEW.advanced > NEW.allocated
      OR NEW.contracted < 0 OR NEW.contracted > coalesce(NEW.approved, 0)
      OR NEW.accepted < 0 OR NEW.accepted > NEW.contracted
      OR NEW.settled < 0 OR NEW.settled > NEW.accepted
      OR NEW.returned < 0 OR NEW.returned > NEW.advanced
      THEN RAISE(ROLLBACK, 'KC30 amounts out of bounds')
  END;
END;

CREATE TRIGGER dossier_delete BEFORE DELETE ON dossier
BEGIN SELECT RAISE(ROLLBACK, 'KC26 a dossier is never deleted'); END;

CREATE TRIGGER paper_insert BEFORE INSERT ON paper
BEGIN
  SELECT RAISE(ROLLBACK, 'KC27 papers are recorded by the history, never alone')
  WHERE NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
    AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER paper_update BEFORE UPDATE ON paper
BEGIN SELECT RAISE(ROLLBACK, 'KC27 papers are recorded by the history, never alone'); END;
CREATE TRIGGER paper_delete BEFORE DELETE ON paper
BEGIN SELECT RAISE(ROLLBACK, 'KC27 papers are recorded by the history, never alone'); END;

CREATE TRIGGER amount_insert BEFORE INSERT ON amount
BEGIN
  SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
        AND id > (SELECT size FROM log_head WHERE id = 1))
      THEN RAISE(ROLLBACK, 'KC28 amounts are recorded by the history, never alone')
    WHEN NEW.kind = 'allocated' AND EXISTS (SELECT 1 FROM amount
        WHERE dossier = NEW.dossier AND kind = 'allocated' AND round = NEW.round)
      THEN RAISE(ROLLBACK, 'KC29 the dossier stands in this round already')
  END;
END;
CREATE TRIGGER amount_update BEFORE UPDATE ON amount
BEGIN SELECT RAISE(ROLLBACK, 'KC28 amounts are recorded by the history, never alone'); END;
CREATE TRIGGER amount_delete BEFORE DELETE ON amount
BEGIN SELECT RAISE(ROLLBACK, 'KC28 amounts are recorded by the history, never alone'); END;

-- Funds and what charges them: moved by the history row that is being inserted.

CREATE TRIGGER fund_insert BEFORE INSERT ON fund
BEGIN
  SELECT RAISE(ROLLBACK, 'KC44 funds move with the history, never alone')
  WHERE NEW.ceiling < 0 OR EXISTS (SELECT 1 FROM fund WHERE dossier = NEW.dossier)
    OR NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = 1
      AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER fund_update BEFORE UPDATE ON fund
BEGIN
  SELECT CASE
    WHEN NEW.dossier IS NOT OLD.dossier
      OR NOT EXISTS (SELECT 1 FROM history WHERE id > (SELECT size FROM log_head WHERE id = 1))
      THEN RAISE(ROLLBACK, 'KC44 funds move with the history, never alone')
    WHEN NEW.approved < 0 OR NEW.approved > NEW.ceiling
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_approved')
    WHEN NEW.allocated < 0 OR NEW.allocated - NEW.returned > NEW.ceiling
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_allocated')
    WHEN NEW.contracted < 0 OR NEW.contracted > NEW.ceiling
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_contracted')
    WHEN NEW.advanced < 0 OR NEW.advanced - NEW.returned > NEW.contracted
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_advanced')
    WHEN NEW.accepted < 0 OR NEW.accepted > NEW.contracted
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_accepted')
    WHEN NEW.settled < 0 OR NEW.settled > NEW.accepted
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_settled')
    WHEN NEW.returned < 0 OR NEW.ceiling < 0
      THEN RAISE(ROLLBACK, 'KC46 more than the fund has: ck_fund_returned')
  END;
END;
CREATE TRIGGER fund_delete BEFORE DELETE ON fund
BEGIN SELECT RAISE(ROLLBACK, 'KC44 funds move with the history, never alone'); END;

CREATE TRIGGER charge_insert BEFORE INSERT ON charge
BEGIN
  SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
        AND id > (SELECT size FROM log_head WHERE id = 1))
      OR EXISTS (SELECT 1 FROM charge WHERE dossier = NEW.dossier AND seq = NEW.seq AND owner = NEW.owner)
      THEN RAISE(ROLLBACK, 'KC45 charges are recorded by the history, never alone')
    WHEN NEW.owner_kind = 'allocation_round' AND NEW.kind = 'allocated' AND NEW.dong > 0
      AND EXISTS (SELECT 1 FROM charge WHERE dossier = NEW.dossier AND +owner = NEW.owner
        AND owner_kind = 'allocation_round' AND kind = 'allocated' AND dong > 0)
      THEN RAISE(ROLLBACK, 'KC29 the dossier stands in this round already')
  END;
END;
-- Row by row: an UPDATE of several rows at once makes SQLite build a table of its own first, thirty times as slow.
CREATE TRIGGER charge_fund AFTER INSERT ON charge
BEGIN
  UPDATE fund SET
    charges = charges + 1,
    approved = approved + CASE NEW.kind WHEN 'approved' THEN NEW.dong ELSE 0 END,
    allocated = allocated + CASE NEW.kind WHEN 'allocated' THEN NEW.dong ELSE 0 END,
    contracted = contracted + CASE NEW.kind WHEN 'contracted' THEN NEW.dong ELSE 0 END,
    advanced = advanced + CASE NEW.kind WHEN 'advanced' THEN NEW.dong ELSE 0 END,
    accepted = accepted + CASE NEW.kind WHEN 'accepted' THEN NEW.dong ELSE 0 END,
    settled = settled + CASE NEW.kind WHEN 'settled' THEN NEW.dong ELSE 0 END,
    returned = returned + CASE NEW.kind WHEN 'returned' THEN NEW.dong ELSE 0 END
  WHERE dossier = NEW.owner;
  SELECT RAISE(ROLLBACK, 'KC20 the move was not carried out') WHERE changes() <> 1;
END;
CREATE TRIGGER charge_update BEFORE UPDATE ON charge
BEGIN SELECT RAISE(ROLLBACK, 'KC45 charges are recorded by the history, never alone'); END;
CREATE TRIGGER charge_delete BEFORE DELETE ON charge
BEGIN SELECT RAISE(ROLLBACK, 'KC45 charges are recorded by the history, never alone'); END;

CREATE TRIGGER budget_figure_insert BEFORE INSERT ON budget_figure
WHEN EXISTS (SELECT 1 FROM budget_figure WHERE id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'KC47 a published figure is withdrawn, never changed'); END;
CREATE TRIGGER budget_figure_update BEFORE UPDATE ON budget_figure
WHEN OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.id IS NOT OLD.id
  OR NEW.plan_year IS NOT OLD.plan_year OR NEW.area IS NOT OLD.area OR NEW.source IS NOT OLD.source
  OR NEW.stage IS NOT OLD.stage OR NEW.round IS NOT OLD.round OR NEW.dong IS NOT OLD.dong
  OR NEW.unit_dong IS NOT OLD.unit_dong OR NEW.basis IS NOT OLD.basis
  OR NEW.entered_by IS NOT OLD.entered_by OR NEW.entered_at IS NOT OLD.entered_at
BEGIN SELECT RAISE(ROLLBACK, 'KC47 a published figure is withdrawn, never changed'); END;
CREATE TRIGGER budget_figure_delete BEFORE DELETE ON budget_figure
BEGIN SELECT RAISE(ROLLBACK, 'KC47 a published figure is withdrawn, never changed'); END;

-- Clocks and holds: moved by the note that is being inserted.

CREATE TRIGGER clock_insert BEFORE INSERT ON clock
BEGIN
  SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone')
  WHERE NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
    AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER clock_update BEFORE UPDATE ON clock
BEGIN
  SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone')
  WHERE NEW.dossier IS NOT OLD.dossier OR NEW.seq <= OLD.seq
    OR NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
      AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER clock_delete BEFORE DELETE ON clock
BEGIN SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone'); END;

CREATE TRIGGER hold_insert BEFORE INSERT ON hold
BEGIN
  SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone')
  WHERE NEW.lifted_seq IS NOT NULL OR NEW.lifted_on IS NOT NULL
    OR EXISTS (SELECT 1 FROM hold WHERE dossier = NEW.dossier AND seq = NEW.seq)
    OR NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.seq
      AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER hold_update BEFORE UPDATE ON hold
BEGIN
  SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone')
  WHERE OLD.lifted_seq IS NOT NULL OR NEW.lifted_on IS NULL OR NEW.dossier IS NOT OLD.dossier OR NEW.seq IS NOT OLD.seq
    OR NEW.entered_seq IS NOT OLD.entered_seq OR NEW.party IS NOT OLD.party OR NEW.from_on IS NOT OLD.from_on
    OR NEW.until_on IS NOT OLD.until_on
    OR NOT EXISTS (SELECT 1 FROM history WHERE dossier = NEW.dossier AND seq = NEW.lifted_seq
      AND id > (SELECT size FROM log_head WHERE id = 1));
END;
CREATE TRIGGER hold_delete BEFORE DELETE ON hold
BEGIN SELECT RAISE(ROLLBACK, 'KC48 clocks and holds move with the history, never alone'); END;

-- An office's own rules and days are dated and closed; letters are kept with what became of them.

CREATE TRIGGER office_rule_insert BEFORE INSERT ON office_rule
WHEN NEW.closed_at IS NOT NULL OR EXISTS (SELECT 1 FROM office_rule WHERE id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'KC51 an office''s own rule is closed, never changed'); END;
CREATE TRIGGER office_rule_update BEFORE UPDATE ON office_rule
WHEN OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL OR NEW.closed_by IS NULL OR NEW.valid_to IS NULL
  OR NEW.valid_to > OLD.valid_to OR NEW.id IS NOT OLD.id OR NEW.office IS NOT OLD.office
  OR NEW.lifecycle IS NOT OLD.lifecycle OR NEW.state IS NOT OLD.state OR NEW."by" IS NOT OLD."by"
  OR NEW.days IS NOT OLD.days OR NEW.month IS NOT OLD.month OR NEW.day IS NOT OLD.day
  OR NEW.plan_year IS NOT OLD.plan_year OR NEW.inclusive IS NOT OLD.inclusive OR NEW.basis IS NOT OLD.basis
  OR NEW.months IS NOT OLD.months OR NEW.valid_from IS NOT OLD.valid_from OR NEW.set_by IS NOT OLD.set_by
  OR NEW.set_at IS NOT OLD.set_at
BEGIN SELECT RAISE(ROLLBACK, 'KC51 an office''s own rule is closed, never changed'); END;
CREATE TRIGGER office_rule_delete BEFORE DELETE ON office_rule
BEGIN SELECT RAISE(ROLLBACK, 'KC51 an office''s own rule is closed, never changed'); END;

CREATE TRIGGER office_day_insert BEFORE INSERT ON office_day
WHEN NEW.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM office_day WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM office_day WHERE day = NEW.day AND withdrawn_at IS NULL)
BEGIN SELECT RAISE(ROLLBACK, 'KC52 a day of the calendar is withdrawn, never changed, and stands there once'); END;
CREATE TRIGGER office_day_update BEFORE UPDATE ON office_day
WHEN OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_by IS NULL OR NEW.id IS NOT OLD.id
  OR NEW.day IS NOT OLD.day OR NEW.kind IS NOT OLD.kind OR NEW.name IS NOT OLD.name
  OR NEW.document IS NOT OLD.document OR NEW.set_by IS NOT OLD.set_by OR NEW.set_at IS NOT OLD.set_at
BEGIN SELECT RAISE(ROLLBACK, 'KC52 a day of the calendar is withdrawn, never changed, and stands there once'); END;
CREATE TRIGGER office_day_delete BEFORE DELETE ON office_day
BEGIN SELECT RAISE(ROLLBACK, 'KC52 a day of the calendar is withdrawn, never changed, and stands there once'); END;

CREATE TRIGGER digest_insert BEFORE INSERT ON digest
WHEN NEW.state <> 'pending' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL
  OR EXISTS (SELECT 1 FROM digest WHERE id = NEW.id OR (day = NEW.day AND person = NEW.person))
BEGIN SELECT RAISE(ROLLBACK, 'KC53 a letter is kept as it was made'); END;
CREATE TRIGGER digest_update BEFORE UPDATE ON digest
WHEN OLD.state = 'sent' OR NEW.attempts < OLD.attempts OR NEW.id IS NOT OLD.id OR NEW.day IS NOT OLD.day
  OR NEW.person IS NOT OLD.person OR NEW.address IS NOT OLD.address OR NEW.subject IS NOT OLD.subject
  OR NEW.body IS NOT OLD.body OR NEW.items IS NOT OLD.items OR NEW.made_at IS NOT OLD.made_at
BEGIN SELECT RAISE(ROLLBACK, 'KC53 a letter is kept as it was made'); END;
CREATE TRIGGER digest_delete BEFORE DELETE ON digest
BEGIN SELECT RAISE(ROLLBACK, 'KC53 a letter is kept as it was made'); END;

CREATE TRIGGER log_head_insert BEFORE INSERT ON log_head
BEGIN SELECT RAISE(ROLLBACK, 'KC31 the tree grows with the history, never alone'); END;
CREATE TRIGGER log_head_update BEFORE UPDATE ON log_head
BEGIN
  SELECT RAISE(ROLLBACK, 'KC31 the tree grows with the history, never alone')
  WHERE NEW.id IS NOT OLD.id OR NEW.size IS NOT OLD.size + 1
    OR NOT EXISTS (SELECT 1 FROM history WHERE id = NEW.size);
END;
CREATE TRIGGER log_head_delete BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ROLLBACK, 'KC31 the tree grows with the history, never alone'); END;

-- The rules that dossiers pin.

CREATE TRIGGER legal_move_insert BEFORE INSERT ON legal_move
WHEN EXISTS (SELECT 1 FROM lifecycle_version WHERE "key" = NEW.lifecycle)
  OR EXISTS (SELECT 1 FROM legal_move WHERE lifecycle = NEW.lifecycle AND action = NEW.action
    AND from_state = NEW.from_state AND to_state = NEW.to_state AND role = NEW.role)
BEGIN SELECT RAISE(ROLLBACK, 'KC32 the list of legal moves of an installed lifecycle is closed'); END;
CREATE TRIGGER legal_move_update BEFORE UPDATE ON legal_move
BEGIN SELECT RAISE(ROLLBACK, 'KC32 the list of legal moves of an installed lifecycle is closed'); END;
CREATE TRIGGER legal_move_delete BEFORE DELETE ON legal_move
BEGIN SELECT RAISE(ROLLBACK, 'KC32 the list of legal moves of an installed lifecycle is closed'); END;

CREATE TRIGGER lifecycle_version_insert BEFORE INSERT ON lifecycle_version
BEGIN
  SELECT RAISE(ROLLBACK, 'KC33 an installed lifecycle never changes')
  WHERE EXISTS (SELECT 1 FROM lifecycle_version WHERE "key" = NEW."key");
  SELECT RAISE(ROLLBACK, 'KC34 the list of legal moves is not the lifecycle''s')
  FROM (SELECT count(*) AS n, coalesce(sum(fsm = substr(NEW.fingerprint, 1, 16)), 0) AS own
    FROM legal_move WHERE lifecycle = NEW."key")
  WHERE n = 0 OR n IS NOT NEW.moves OR own <> n;
END;
CREATE TRIGGER lifecycle_version_update BEFORE UPDATE ON lifecycle_version
BEGIN SELECT RAISE(ROLLBACK, 'KC33 an installed lifecycle never changes'); END;
CREATE TRIGGER lifecycle_version_delete BEFORE DELETE ON lifecycle_version
BEGIN SELECT RAISE(ROLLBACK, 'KC33 an installed lifecycle never changes'); END;

-- Refused attempts and attached files are kept as they came.

CREATE TRIGGER refusal_insert BEFORE INSERT ON refusal
WHEN EXISTS (SELECT 1 FROM refusal WHERE id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'KC35 refused attempts are kept as they came'); END;
CREATE TRIGGER refusal_update BEFORE UPDATE ON refusal
BEGIN SELECT RAISE(ROLLBACK, 'KC35 refused attempts are kept as they came'); END;
CREATE TRIGGER refusal_delete BEFORE DELETE ON refusal
BEGIN SELECT RAISE(ROLLBACK, 'KC35 refused attempts are kept as they came'); END;

CREATE TRIGGER attachment_blob_insert BEFORE INSERT ON attachment_blob
BEGIN
  SELECT RAISE(ROLLBACK, 'KC36 an attached file is kept as it came')
  WHERE EXISTS (SELECT 1 FROM attachment_blob WHERE sha256 = NEW.sha256)
    OR NEW.sha256 IS NOT kc_sha256(NEW.data) OR NEW.size IS NOT length(NEW.data);
END;
CREATE TRIGGER attachment_blob_update BEFORE UPDATE ON attachment_blob
BEGIN SELECT RAISE(ROLLBACK, 'KC36 an attached file is kept as it came'); END;
CREATE TRIGGER attachment_blob_delete BEFORE DELETE ON attachment_blob
BEGIN SELECT RAISE(ROLLBACK, 'KC36 an attached file is kept as it came'); END;

-- People and offices are closed, never removed or renamed: the history names them.

CREATE TRIGGER organisation_insert BEFORE INSERT ON organisation
WHEN EXISTS (SELECT 1 FROM organisation WHERE code = NEW.code)
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER organisation_update BEFORE UPDATE ON organisation
WHEN NEW.code <> OLD.code OR NEW.name <> OLD.name OR NEW.name_en IS NOT OLD.name_en OR NEW.kind <> OLD.kind
  OR NEW.province IS NOT OLD.province OR NEW.parent IS NOT OLD.parent OR NEW.valid_from <> OLD.valid_from
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER organisation_delete BEFORE DELETE ON organisation
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;

CREATE TRIGGER person_insert BEFORE INSERT ON person
WHEN EXISTS (SELECT 1 FROM person WHERE login = NEW.login OR os_login = NEW.os_login)
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER person_update BEFORE UPDATE ON person
WHEN NEW.login <> OLD.login OR NEW.name <> OLD.name OR NEW.valid_from <> OLD.valid_from
  OR EXISTS (SELECT 1 FROM person WHERE os_login = NEW.os_login AND login <> OLD.login)
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER person_delete BEFORE DELETE ON person
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;

CREATE TRIGGER assignment_insert BEFORE INSERT ON assignment
WHEN EXISTS (SELECT 1 FROM assignment WHERE id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER assignment_update BEFORE UPDATE ON assignment
WHEN NEW.id <> OLD.id OR NEW.person <> OLD.person OR NEW.role <> OLD.role
  OR NEW.organisation <> OLD.organisation OR NEW.valid_from <> OLD.valid_from
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER assignment_delete BEFORE DELETE ON assignment
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;

CREATE TRIGGER duty_insert BEFORE INSERT ON duty
WHEN EXISTS (SELECT 1 FROM duty WHERE id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER duty_update BEFORE UPDATE ON duty
WHEN NEW.id <> OLD.id OR NEW.organisation <> OLD.organisation OR NEW.level <> OLD.level
  OR NEW.person <> OLD.person OR NEW.valid_from <> OLD.valid_from
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
CREATE TRIGGER duty_delete BEFORE DELETE ON duty
BEGIN SELECT RAISE(ROLLBACK, 'KC37 people and offices are closed, never replaced'); END;
