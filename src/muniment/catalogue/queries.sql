-- Every statement of the catalogue's hot path and of its lists. Each has a name and a sentence.
-- Parameters are named; the loader in queries.py reads them.

-- name: add_record
-- One record, new or again (a batch is delivered again after a crash); an erased one stays erased.
INSERT INTO catalogue_record (
    id, organisation, sequence, channel, form, source, received, sent, subject, size, sha256, thread,
    message_digest, attachments, markings, marked_private, defects, unreadable, unmatched, erased_at
) VALUES (
    %(id)s, %(organisation)s, %(sequence)s, %(channel)s, %(form)s, %(source)s, %(received)s, %(sent)s,
    %(subject)s, %(size)s, %(sha256)s, %(thread)s, %(message_digest)s, %(attachments)s, %(markings)s,
    %(marked_private)s, %(defects)s, %(unreadable)s, %(unmatched)s,
    %(erased_at)s
) ON CONFLICT (id) DO NOTHING;

-- name: add_call
-- What a call has besides, new or again.
INSERT INTO catalogue_calldetail (
    record_id, organisation, call, global_id, direction, queue, extension, answered, ended, talk_seconds, seconds,
    notice, masked_ms, mos_hundredths, lost, streams, holds, keys_pressed, sound, parts, names, packets,
    notice_name, notice_version, notice_language, notice_hundredths, notice_reason, rule, category,
    staff, tones
) VALUES (
    %(record)s, %(organisation)s, %(call)s, %(global_id)s, %(direction)s, %(queue)s, %(extension)s, %(answered)s,
    %(ended)s, %(talk_seconds)s, %(seconds)s, %(notice)s, %(masked_ms)s, %(mos_hundredths)s, %(lost)s,
    %(streams)s, %(holds)s, %(keys_pressed)s, %(sound)s, %(parts)s, %(names)s, %(packets)s,
    %(notice_name)s, %(notice_version)s, %(notice_language)s, %(notice_hundredths)s, %(notice_reason)s, %(rule)s,
    %(category)s, %(staff)s, %(tones)s
) ON CONFLICT (record_id) DO NOTHING;

-- name: add_expected
-- One call that a file of call details names, new or again.
INSERT INTO catalogue_expectedcall (
    record_id, organisation, row, names, started, answered, ended, addresses, extension, queue, direction,
    disposition, was_answered
) VALUES (
    %(record)s, %(organisation)s, %(row)s, %(names)s, %(started)s, %(answered)s, %(ended)s, %(addresses)s,
    %(extension)s, %(queue)s, %(direction)s, %(disposition)s, %(was_answered)s
) ON CONFLICT (record_id, row) DO NOTHING;

-- name: expected_in
-- Calls that are said to have begun in a span (ms since 1970).
SELECT expected.record_id, expected.row, expected.names, expected.started, expected.answered, expected.ended,
    expected.addresses, expected.extension, expected.queue, expected.disposition, expected.was_answered,
    expected.direction, record.source
FROM catalogue_expectedcall AS expected JOIN catalogue_record AS record ON record.id = expected.record_id
WHERE expected.organisation = %(organisation)s AND expected.started >= %(begins)s
    AND expected.started < %(ends)s
ORDER BY expected.started, expected.record_id, expected.row;

-- name: notices_in
-- Calls that were recorded in a span (seconds since 1970) and are no tests: what each says of its notice and rule.
SELECT record.id, detail.notice, detail.notice_reason, detail.category
FROM catalogue_record AS record JOIN catalogue_calldetail AS detail ON detail.record_id = record.id
WHERE record.organisation = %(organisation)s AND record.channel = 'call' AND record.erased_at IS NULL
    AND record.markings <> 'test' AND record.sent >= %(begins)s AND record.sent < %(ends)s
ORDER BY record.sent, record.id;

-- name: recorded_in
-- Calls that began in a span (seconds since 1970) and are no tests, with who was in them (a JSON list).
SELECT record.id, record.sent, detail.answered, detail.ended, detail.seconds, detail.names, detail.packets,
    detail.lost, detail.masked_ms,
    (SELECT json_group_array(party.address) FROM catalogue_recordparty AS party WHERE party.record_id = record.id)
FROM catalogue_record AS record JOIN catalogue_calldetail AS detail ON detail.record_id = record.id
WHERE record.organisation = %(organisation)s AND record.channel = 'call' AND record.erased_at IS NULL
    AND record.markings <> 'test' AND record.sent >= %(begins)s AND record.sent < %(ends)s
ORDER BY record.sent, record.id;

-- name: newest_expected
-- A number that grows with each account of a call: the last row that came in, 0 without any.
SELECT COALESCE((SELECT id FROM catalogue_expectedcall WHERE organisation = %(organisation)s
    ORDER BY id DESC LIMIT 1), 0);

-- name: call_sources
-- Sources of calls: how many of a span (seconds since 1970), and when each was last heard of. A test is not
-- of the switch: it must not hide that the switch is silent.
SELECT source, SUM(sent >= %(begins)s AND sent < %(ends)s), MAX(received)
FROM catalogue_record
WHERE organisation = %(organisation)s AND channel IN ('call', 'call-detail') AND erased_at IS NULL
    AND markings <> 'test' AND received < %(heard)s
GROUP BY source ORDER BY source;

-- name: declined_in
-- When nothing of a call was kept, in a span (seconds since 1970): somebody declined, or a rule left it out.
SELECT time, coalesce(json_extract(details, '$.body.reason'), '') FROM catalogue_ledgerentry
WHERE organisation = %(organisation)s AND tag = 'vault:call:declined'
    AND time >= %(begins)s AND time < %(ends)s ORDER BY time;

-- name: erase_expected
-- What a file of call details named, when the file is erased.
DELETE FROM catalogue_expectedcall WHERE record_id = %(record)s;

-- name: forget_expected
-- The first step of a rebuild: calls that switches named.
DELETE FROM catalogue_expectedcall WHERE organisation = %(organisation)s;

-- name: add_party
-- One address on a record.
INSERT INTO catalogue_recordparty (record_id, organisation, role, address, name, sent, sequence)
VALUES (%(record)s, %(organisation)s, %(role)s, %(address)s, %(name)s, %(sent)s, %(sequence)s);

-- name: add_attachment
-- One attachment of a record.
INSERT INTO catalogue_attachment (record_id, part, name, content_type, size, sha256)
VALUES (%(record)s, %(part)s, %(name)s, %(content_type)s, %(size)s, %(sha256)s);

-- name: add_entry
-- One action of the ledger, new or again.
INSERT INTO catalogue_ledgerentry
    (organisation, sequence, tag, record, warrant, rule, time, actor, details)
VALUES (
    %(organisation)s, %(sequence)s, %(tag)s, %(record)s, %(warrant)s, %(rule)s, %(time)s, %(actor)s,
    %(details)s
) ON CONFLICT (organisation, sequence) DO NOTHING;

-- name: known_records
-- Which records of a span are held already: what a redelivered batch need not add again.
SELECT id FROM catalogue_record
WHERE organisation = %(organisation)s AND sequence BETWEEN %(first)s AND %(last)s;

-- name: threads_of
-- The threads of these Message-IDs (a JSON list of digests).
SELECT message, thread FROM catalogue_threadmessage
WHERE organisation = %(organisation)s AND message IN (SELECT value FROM json_each(%(messages)s));

-- name: forget_attachments
-- The first step of a rebuild: attachments.
DELETE FROM catalogue_attachment
WHERE record_id IN (SELECT id FROM catalogue_record WHERE organisation = %(organisation)s);

-- name: forget_calls
-- The same: what calls have besides.
DELETE FROM catalogue_calldetail WHERE organisation = %(organisation)s;

-- name: forget_entries
-- The same: actions.
DELETE FROM catalogue_ledgerentry WHERE organisation = %(organisation)s;

-- name: forget_parties
-- The same: parties.
DELETE FROM catalogue_recordparty WHERE organisation = %(organisation)s;

-- name: forget_records
-- The same: records.
DELETE FROM catalogue_record WHERE organisation = %(organisation)s;

-- name: forget_threads
-- The same: Message-IDs.
DELETE FROM catalogue_threadmessage WHERE organisation = %(organisation)s;

-- name: forget_watermark
-- The same: how far the ledger was followed.
DELETE FROM catalogue_watermark WHERE organisation = %(organisation)s;

-- name: join_thread
-- A Message-ID belongs to a thread from now on.
INSERT INTO catalogue_threadmessage (organisation, message, thread)
VALUES (%(organisation)s, %(message)s, %(thread)s)
ON CONFLICT (organisation, message) DO UPDATE SET thread = excluded.thread;

-- name: merge_messages
-- Two threads turn out to be one: the Message-IDs move.
UPDATE catalogue_threadmessage SET thread = %(into)s WHERE thread = %(old)s;

-- name: merge_records
-- The same: the records move.
UPDATE catalogue_record SET thread = %(into)s WHERE thread = %(old)s;

-- name: erase_record
-- Nothing of a record's content or people stays; the fact that it was held does.
UPDATE catalogue_record SET
    source = '', sent = received, subject = '', sha256 = '', message_digest = '', attachments = 0,
    markings = '', defects = '', unreadable = '', thread = id, erased_at = %(time)s
WHERE id = %(record)s AND organisation = %(organisation)s;

-- name: erase_parties
-- The people on an erased record.
DELETE FROM catalogue_recordparty WHERE record_id = %(record)s AND organisation = %(organisation)s;

-- name: erase_attachments
-- The attachments of an erased record.
DELETE FROM catalogue_attachment WHERE record_id = %(record)s;

-- name: erase_call
-- What an erased call had besides.
DELETE FROM catalogue_calldetail WHERE record_id = %(record)s AND organisation = %(organisation)s;

-- name: forget_empty_threads
-- The Message-IDs of threads in which no record is left.
DELETE FROM catalogue_threadmessage
WHERE organisation = %(organisation)s AND thread IN (SELECT value FROM json_each(%(threads)s))
    AND NOT EXISTS (
        SELECT 1 FROM catalogue_record
        WHERE catalogue_record.thread = catalogue_threadmessage.thread AND erased_at IS NULL
    );

-- name: places_of
-- Where these records (a JSON list of ids) stand in the ledger, and in which thread.
SELECT id, sequence, thread FROM catalogue_record
WHERE organisation = %(organisation)s AND id IN (SELECT value FROM json_each(%(records)s));

-- name: watermark
-- The last sequence that the catalogue holds.
SELECT sequence FROM catalogue_watermark WHERE organisation = %(organisation)s;

-- name: set_watermark
-- Move the watermark forward, in the transaction that moves everything else. What comes again while
-- only the index is rebuilt is held already, so it never moves back.
INSERT INTO catalogue_watermark (organisation, sequence) VALUES (%(organisation)s, %(sequence)s)
ON CONFLICT (organisation) DO UPDATE SET sequence = max(sequence, excluded.sequence);

-- name: records_by_id
-- What is known of these records (a JSON list of ids).
SELECT id, sequence, channel, form, source, received, sent, subject, size, sha256, thread,
    message_digest, attachments, markings, marked_private, defects, unreadable, erased_at
FROM catalogue_record
WHERE organisation = %(organisation)s AND id IN (SELECT value FROM json_each(%(records)s))
    AND unmatched != 1;

-- name: parties_by_record
-- The parties of these records and of every other copy of the same messages: the union of recipients.
SELECT shown.id, party.role, party.address, max(party.name) AS name, max(linked.person_id) AS person
FROM catalogue_record AS shown
JOIN catalogue_record AS copy
    ON copy.id = shown.id
    OR (copy.organisation = shown.organisation AND copy.message_digest = shown.message_digest
        AND shown.message_digest != '' AND copy.unmatched != 1)
JOIN catalogue_recordparty AS party ON party.record_id = copy.id
LEFT JOIN people_personaddress AS linked
    ON linked.organisation_id = shown.organisation AND linked.address = party.address
WHERE shown.organisation = %(organisation)s
    AND shown.id IN (SELECT value FROM json_each(%(records)s))
GROUP BY shown.id, party.role, party.address
ORDER BY shown.id, min(party.id);

-- name: attachments_by_record
-- The attachments of these records.
SELECT record_id, part, name, content_type, size, sha256 FROM catalogue_attachment
WHERE record_id IN (SELECT value FROM json_each(%(records)s)) ORDER BY id;

-- name: calls_by_record
-- What those of these records that are calls have besides.
SELECT record_id, direction, queue, extension, answered, ended, talk_seconds, seconds, notice, masked_ms,
    mos_hundredths, lost, streams, holds, keys_pressed, sound, global_id, parts, notice_name, notice_version,
    notice_language, notice_hundredths, notice_reason, tones
FROM catalogue_calldetail
WHERE organisation = %(organisation)s AND record_id IN (SELECT value FROM json_each(%(records)s));

-- name: calls_united
-- Other recordings of the same calls: those that share the call's own name, or that one of both names as a part.
SELECT mine.record_id, other.record_id
FROM catalogue_calldetail AS mine
JOIN catalogue_calldetail AS other ON other.organisation = mine.organisation AND other.global_id = mine.global_id
JOIN catalogue_record AS record ON record.id = other.record_id
WHERE mine.organisation = %(organisation)s AND mine.record_id IN (SELECT value FROM json_each(%(records)s))
    AND mine.global_id != '' AND other.record_id != mine.record_id AND record.erased_at IS NULL
UNION
SELECT mine.record_id, other.record_id
FROM catalogue_calldetail AS mine
JOIN catalogue_calldetail AS other ON other.organisation = mine.organisation
    AND instr(char(10) || mine.parts || char(10), char(10) || other.call || char(10))
JOIN catalogue_record AS record ON record.id = other.record_id
WHERE mine.organisation = %(organisation)s AND mine.record_id IN (SELECT value FROM json_each(%(records)s))
    AND mine.parts != '' AND other.call != '' AND other.record_id != mine.record_id AND record.erased_at IS NULL;

-- name: calls_left_over
-- Calls whose record is erased or unknown: there should be none.
SELECT detail.record_id FROM catalogue_calldetail AS detail
LEFT JOIN catalogue_record AS record ON record.id = detail.record_id
WHERE detail.organisation = %(organisation)s AND (record.id IS NULL OR record.erased_at IS NOT NULL);

-- name: copies_by_record
-- The other copies of the same messages.
SELECT shown.id, copy.id FROM catalogue_record AS shown
JOIN catalogue_record AS copy
    ON copy.organisation = shown.organisation AND copy.message_digest = shown.message_digest
    AND copy.id != shown.id AND copy.unmatched != 1
WHERE shown.organisation = %(organisation)s AND shown.message_digest != ''
    AND shown.id IN (SELECT value FROM json_each(%(records)s))
ORDER BY shown.id, copy.sequence;

-- name: records_of_addresses
-- Everything with one of these addresses (a JSON list), newest first, one page.
SELECT DISTINCT sent, sequence, record_id FROM catalogue_recordparty
WHERE organisation = %(organisation)s
    AND address IN (SELECT value FROM json_each(%(addresses)s))
    AND record_id NOT IN (
        SELECT id FROM catalogue_record WHERE organisation = %(organisation)s AND unmatched = 1
    )
    AND (sent, sequence) < (%(before_sent)s, %(before_sequence)s)
ORDER BY sent DESC, sequence DESC LIMIT %(limit)s;

-- name: count_of_addresses
-- How many records have one of these addresses.
SELECT count(DISTINCT record_id) FROM catalogue_recordparty
WHERE organisation = %(organisation)s AND address IN (SELECT value FROM json_each(%(addresses)s))
    AND record_id NOT IN (
        SELECT id FROM catalogue_record WHERE organisation = %(organisation)s AND unmatched = 1
    );

-- name: addresses_of_person
-- All addresses of the person with this id or, in any case, this name.
SELECT linked.address FROM people_personaddress AS linked
JOIN people_person AS person ON person.id = linked.person_id
WHERE linked.organisation_id = %(organisation)s
    AND (person.id = %(name)s OR lower(person.name) = lower(%(name)s))
ORDER BY linked.address;

-- name: records_of_thread
-- One conversation, oldest first.
SELECT id FROM catalogue_record
WHERE organisation = %(organisation)s AND thread = %(thread)s ORDER BY sent, sequence;

-- name: entries
-- Acts, newest first, one page; empty texts and an empty list of tags stand for "any". Where `whole` is
-- not 1, only those under one of the warrants or at one of the places: the acts of one case. What was done
-- to a call while it went on is of every record that the call became, and has the one that is asked for, or the first.
SELECT sequence, tag, CASE
        WHEN tag NOT IN ('vault:monitor:started', 'vault:monitor:ended') THEN record
        WHEN %(record)s != '' THEN %(record)s
        ELSE coalesce((
            SELECT detail.record_id FROM catalogue_calldetail AS detail
            JOIN catalogue_record AS held ON held.id = detail.record_id
            WHERE detail.organisation = entry.organisation AND detail.call = json_extract(entry.details, '$.body.call')
            ORDER BY held.sequence LIMIT 1
        ), '')
    END, warrant, rule, time, actor, details
FROM catalogue_ledgerentry AS entry
WHERE organisation = %(organisation)s AND sequence < %(before)s
    AND (%(tags)s = '[]' OR tag IN (SELECT value FROM json_each(%(tags)s)))
    AND (%(record)s = '' OR record = %(record)s OR (
        tag IN ('vault:monitor:started', 'vault:monitor:ended')
        AND json_extract(details, '$.body.call') = (
            SELECT detail.call FROM catalogue_calldetail AS detail
            WHERE detail.record_id = %(record)s AND detail.organisation = entry.organisation
        )
    ))
    AND (%(warrant)s = '' OR warrant = %(warrant)s)
    AND (%(actor)s = '' OR actor = %(actor)s)
    AND time BETWEEN %(since)s AND %(until)s
    AND (
        %(whole)s = 1
        OR warrant IN (SELECT value FROM json_each(%(warrants)s))
        OR sequence IN (SELECT value FROM json_each(%(sequences)s))
    )
ORDER BY sequence DESC LIMIT %(limit)s;

-- name: entries_about
-- Acts on records with one of these addresses (a JSON list), and on calls in progress that became one: who opened
-- what is about me, or listened to it, newest first.
SELECT sequence, tag, about, warrant, rule, time, actor, details
FROM (
    SELECT entry.*, CASE
        WHEN entry.tag != 'vault:monitor:started' THEN entry.record
        ELSE (
            SELECT detail.record_id FROM catalogue_calldetail AS detail
            JOIN catalogue_recordparty AS party ON party.record_id = detail.record_id
            WHERE detail.organisation = entry.organisation AND detail.call = json_extract(entry.details, '$.body.call')
                AND party.address IN (SELECT value FROM json_each(%(addresses)s))
            ORDER BY party.sequence LIMIT 1
        )
    END AS about
    FROM catalogue_ledgerentry AS entry
    WHERE entry.organisation = %(organisation)s AND entry.sequence < %(before)s
        AND (%(tags)s = '[]' OR entry.tag IN (SELECT value FROM json_each(%(tags)s)))
)
WHERE EXISTS (
    SELECT 1 FROM catalogue_recordparty AS party
    WHERE party.record_id = about AND party.address IN (SELECT value FROM json_each(%(addresses)s))
)
ORDER BY sequence DESC LIMIT %(limit)s;

-- name: totals
-- How many records are held, erased, and unreadable.
SELECT count(*), count(erased_at), coalesce(sum(unreadable != ''), 0) FROM catalogue_record
WHERE organisation = %(organisation)s;

-- name: sources
-- Each source with how much came from it, when it was first and last seen, and how much of it lately.
SELECT source, form, count(*), min(received), max(received), sum(received >= %(day)s),
    sum(received >= %(week)s), sum(unreadable != '')
FROM catalogue_record
WHERE organisation = %(organisation)s AND erased_at IS NULL
GROUP BY source, form ORDER BY max(received) DESC, source;

-- name: free_matched
-- What was set apart fits now that the newest act on one of its domains is the assignment (REQ 003).
WITH newest AS (
    SELECT json_extract(details, '$.body.domain') AS domain, tag, max(sequence)
    FROM catalogue_ledgerentry
    WHERE organisation = %(organisation)s AND tag IN ('people:domain:assigned', 'people:domain:ended')
    GROUP BY 1
)
UPDATE catalogue_record SET unmatched = 2
WHERE organisation = %(organisation)s AND unmatched = 1 AND EXISTS (
    SELECT 1 FROM catalogue_recordparty AS party
    JOIN newest ON newest.tag = 'people:domain:assigned'
        AND newest.domain = substr(party.address, instr(party.address, '@') + 1)
    WHERE party.record_id = catalogue_record.id
        AND party.role IN ('envelope-to', 'bcc', 'to', 'cc', 'envelope-from')
);

-- name: freed_of
-- The places of records that were set apart and have one of these domains (a JSON list).
SELECT record.sequence FROM catalogue_record AS record
WHERE record.organisation = %(organisation)s AND record.unmatched = 2 AND EXISTS (
    SELECT 1 FROM catalogue_recordparty AS party
    WHERE party.record_id = record.id
        AND substr(party.address, instr(party.address, '@') + 1)
            IN (SELECT value FROM json_each(%(domains)s))
)
ORDER BY record.sequence;

-- name: set_apart_in
-- The records of a span that are set apart.
SELECT id FROM catalogue_record
WHERE organisation = %(organisation)s AND sequence BETWEEN %(first)s AND %(last)s AND unmatched = 1;

-- name: set_apart_by_domain
-- How many records are set apart, by the domains of those who were to receive them; never a word more.
SELECT substr(party.address, instr(party.address, '@') + 1) AS domain, count(DISTINCT record.id)
FROM catalogue_record AS record
JOIN catalogue_recordparty AS party ON party.record_id = record.id
    AND party.role IN ('envelope-to', 'bcc', 'to', 'cc', 'envelope-from') AND instr(party.address, '@')
WHERE record.organisation = %(organisation)s AND record.unmatched = 1
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s;

-- name: set_apart_total
-- How many records are set apart in all.
SELECT count(*) FROM catalogue_record WHERE organisation = %(organisation)s AND unmatched = 1;
