"""Addresses of proving: what stands behind a record, what was done, what was refused, what ended.

And of running the machine: its health, its people. Each has its row in `tests/web/access_table.py`.
"""

from django.urls import path

from muniment.web.views import (
    call_mappings,
    checks,
    completeness,
    denials,
    erasures,
    evidence,
    holds,
    machine,
    new_password,
    persons,
    proof_log,
    proofs,
)

PROVING = [
    path("records/<str:record>", proofs.record_proof, name="record_proof"),
    path("records/<str:record>/evidence", evidence.record_evidence, name="record_evidence"),
    path("records/<str:record>/erase", erasures.propose_erasure, name="propose_erasure"),
    path("records/<str:record>/erase/<str:draft>", erasures.ask_for_erasure, name="ask_for_erasure"),
    path("grants/<str:grant>/records/<str:record>/erase", erasures.erase_granted, name="erase_granted"),
    path("certificates", erasures.certificates, name="certificates"),
    path("certificates/<str:certificate>", erasures.certificate, name="certificate"),
    path("holds", holds.holds, name="holds"),
    path("holds/new", holds.place_hold, name="place_hold"),
    path("holds/<str:hold>", holds.hold, name="hold"),
    path("holds/<str:hold>/release", holds.release_hold, name="release_hold"),
    path("holds/<str:hold>/withdraw", holds.withdraw_release, name="withdraw_release"),
    path("refused-attempts", denials.refused_attempts, name="refused_attempts"),
    path("proof-log", proof_log.proof_log, name="proof_log"),
    path("proof-log.csv", proof_log.proof_log_csv, name="proof_log_csv"),
    path("proof-log/<int:sequence>", proof_log.act, name="act"),
    path("checks", checks.checks, name="checks"),
    path("calls/completeness", completeness.call_completeness, name="call_completeness"),
    path("calls/mappings", call_mappings.mappings, name="call_mappings"),
    path("calls/mappings/<str:name>/history", call_mappings.mapping_history, name="call_mapping_history"),
    path("calls/mappings/<str:name>/retire", call_mappings.retire_mapping, name="retire_call_mapping"),
    path("calls/mappings/try", call_mappings.try_mapping, name="try_call_mapping"),
    path("calls/completeness/<str:day>", completeness.call_completeness_of, name="call_completeness_of"),
]

MACHINE = [
    path("machine", machine.machine, name="machine"),
    path("people", persons.people, name="people"),
    path("people/add", persons.add, name="add_person"),
    path("people/<str:person>", persons.one, name="person"),
    path("people/<str:person>/roles", persons.change_role, name="change_role"),
    path("people/<str:person>/link", persons.make_link, name="make_link"),
    path("people/<str:person>/links/end", persons.end_links, name="end_links"),
    path("people/<str:person>/end", persons.end_access, name="end_access"),
    path("new-password/<str:token>", new_password.new_password, name="new_password"),
]
