"""Documents add up: complete ones replace, partial ones change, and what is missing is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.metadata import (
    Document,
    Group,
    Participant,
    Session,
    SessionLink,
    Stream,
    StreamLink,
)
from muniment.capture.calls.sip.metadata_state import Kinds, MetadataState

WHOLE = Document(
    participants=(Participant("p1", "sip:a@x", "A"), Participant("p2", "sip:b@x")),
    streams=(Stream("s1", label="1"), Stream("s2", label="2")),
    stream_links=(StreamLink("p1", ("s1",), ("s2",)), StreamLink("p2", ("s2",), ("s1",))),
)


def test_a_complete_document_is_the_whole_truth_and_the_past_stays_known() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    assert state.complete
    assert not state.wants_snapshot
    assert state.sender_of(state.stream_by_label("1")) == "p1"
    state.apply(Document(participants=(Participant("p3", "sip:c@x"),), streams=(Stream("s1", label="1"),)))
    assert state.present == {"p3", "s1"}
    assert [each.id for each in state.all(Participant)] == ["p1", "p2", "p3"]
    assert state.sender_of("s1") == ""


def test_a_partial_document_changes_what_it_names() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.apply(
        Document(
            complete=False,
            participants=(Participant("p2", "", "B"),),
            stream_links=(StreamLink("p2", (), ("s1",)),),
        )
    )
    assert state.elements["p2"] == Participant("p2", "sip:b@x", "B")
    assert state.sender_of("s2") == ""
    assert state.sender_of("s1") == "p1"
    assert state.complete


def test_a_partial_document_before_any_complete_one_wants_a_snapshot_until_it_comes() -> None:
    state = MetadataState()
    state.apply(Document(complete=False, participants=(Participant("p9", "sip:z@x"),)))
    assert (state.complete, state.wants_snapshot) == (False, True)
    assert [each.id for each in state.all(Participant)] == ["p9"]
    state.apply(WHOLE)
    assert (state.complete, state.wants_snapshot) == (True, False)


def test_a_document_that_could_not_be_read_wants_a_snapshot() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.lost()
    assert state.wants_snapshot
    assert list(state.warnings) == ["a document could not be read"]


def test_an_identifier_that_changes_its_kind_is_not_used() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.apply(Document(complete=False, streams=(Stream("p1", label="7"),)))
    assert isinstance(state.elements["p1"], Participant)
    assert state.wants_snapshot


def test_who_left_is_no_longer_a_sender() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.apply(Document(complete=False, session_links=(SessionLink("p1", "x", ended=True),)))
    assert state.sender_of("s1") == ""
    assert "p1" not in state.present
    state.apply(Document(complete=False, stream_links=(StreamLink("p2", ended=True),)))
    assert state.sender_of("s2") == ""


def test_several_senders_are_nobody_in_particular() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.apply(Document(complete=False, stream_links=(StreamLink("p2", ("s1",)),)))
    assert state.sender_of("s1") == ""
    assert state.sharing == {"p1", "p2"}


def test_a_label_that_two_streams_have_names_the_one_that_is_there() -> None:
    state = MetadataState()
    state.apply(WHOLE)
    state.apply(Document(streams=(Stream("s9", label="1"),)))
    assert state.stream_by_label("1") == "s9"
    state.apply(Document(complete=False, streams=(Stream("s8", label="1"),)))
    assert state.stream_by_label("1") == ""


def test_what_another_dialog_of_the_client_defined_is_found() -> None:
    elsewhere: dict[str, Kinds] = {"p7": Participant("p7", "sip:q@x"), "s7": Stream("s7", label="1")}

    def find(identifier: str) -> Kinds | None:
        return elsewhere.get(identifier)

    state = MetadataState(elsewhere=find)
    state.apply(Document(stream_links=(StreamLink("p7", ("s7",)), StreamLink("gone", ("s7",)))))
    assert state.elements["p7"] == elsewhere["p7"]
    assert state.warnings == {"a reference leads to nothing": None}
    state.apply(Document(streams=(Stream("p7"),)))
    assert state.wants_snapshot


IDS = st.sampled_from(["a", "b", "c", "d", ""])
DOCUMENTS = st.builds(
    Document,
    complete=st.booleans(),
    groups=st.lists(st.builds(Group, IDS), max_size=2).map(tuple),
    sessions=st.lists(st.builds(Session, IDS), max_size=2).map(tuple),
    participants=st.lists(st.builds(Participant, IDS, IDS), max_size=3).map(tuple),
    streams=st.lists(st.builds(Stream, IDS, label=IDS), max_size=3).map(tuple),
    stream_links=st.lists(
        st.builds(StreamLink, IDS, st.lists(IDS).map(tuple), ended=st.booleans()), max_size=3
    ).map(tuple),
    session_links=st.lists(st.builds(SessionLink, IDS, IDS, st.booleans()), max_size=2).map(tuple),
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_in_any_order_nothing_breaks_and_nothing_that_was_named_is_forgotten(
    documents: list[Document],
) -> None:
    state, named = MetadataState(), set()
    for document in documents:
        state.apply(document)
        named |= {each.id for each in document.participants} | {each.id for each in document.streams}
        assert state.complete or state.wants_snapshot
        assert named <= set(state.elements)
        assert state.present <= set(state.elements)


TWO = Document(
    sessions=(Session("t1"), Session("t2")),
    participants=(Participant("p1", "sip:a@x"), Participant("p2", "sip:b@x"), Participant("p3", "sip:c@x")),
    streams=(Stream("s1", "t1", "1"), Stream("s2", "t1", "2"), Stream("s3", "t2", "3")),
    stream_links=(StreamLink("p1", ("s1",)), StreamLink("p2", ("s2",)), StreamLink("p3", ("s3",))),
    session_links=(
        SessionLink("p1", "t1"),
        SessionLink("p2", "t1"),
        SessionLink("p2", "t2"),
        SessionLink("p3", "t2"),
    ),
)


def gathered(state: MetadataState) -> dict[str, list[str]]:
    return {session: [each.id for each in people] for session, people in state.gatherings.items()}


def test_who_is_in_which_session_is_known_and_who_leaves_one_is_still_in_the_other() -> None:
    state = MetadataState()
    state.apply(TWO)
    assert gathered(state) == {"t1": ["p1", "p2"], "t2": ["p2", "p3"]}
    state.apply(Document(complete=False, session_links=(SessionLink("p2", "t1", ended=True),)))
    assert gathered(state) == {"t1": ["p1"], "t2": ["p2", "p3"]}
    state.apply(Document(complete=False, sessions=(Session("t2", stopped=True),)))
    assert gathered(state) == {"t1": ["p1"]}
    assert state.there == {"p1"}


def test_without_a_word_of_sessions_streams_say_where_somebody_is_and_without_any_all_are_together() -> None:
    state = MetadataState()
    state.apply(
        Document(
            sessions=TWO.sessions,
            participants=TWO.participants,
            streams=TWO.streams,
            stream_links=TWO.stream_links,
        )
    )
    assert gathered(state) == {"t1": ["p1", "p2"], "t2": ["p3"]}
    bare = MetadataState()
    bare.apply(WHOLE)
    assert gathered(bare) == {"": ["p1", "p2"]}


def test_streams_that_nobody_sends_any_more_are_on_hold_and_those_of_a_session_that_others_leave_for() -> (
    None
):
    state = MetadataState()
    state.apply(WHOLE)
    quiet = Document(complete=False, stream_links=(StreamLink("p1", ()),))
    assert state.held_by(quiet) == {"1"}
    assert state.held_by(Document(complete=False)) == frozenset()
    state.apply(quiet)
    assert state.silenced == {"p1"}
    one = MetadataState()
    one.apply(Document(sessions=(Session("t1"),), streams=TWO.streams[:2], participants=TWO.participants[:2]))
    assert one.held_by(TWO) == {"1", "2"}


def test_what_is_over_can_be_forgotten() -> None:
    state = MetadataState()
    state.apply(TWO)
    state.apply(Document(sessions=(Session("t9"),)))
    state.forget_past()
    assert set(state.elements) == {"t9"}
    assert (state.links, state.memberships, state.spoken) == ({}, {}, set())
