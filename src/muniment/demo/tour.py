"""The ten-minute tour as data: who does what, where, and what they should then see.

The numbers are those of the product's whole tour; a number that is not here has not been built yet.
"""

from dataclasses import dataclass

from muniment.demo.card import DemoCard, TourStep


@dataclass(frozen=True)
class Step:
    """One step. `who` is a persona's key, empty for the visitor at a terminal."""

    number: int
    title: str
    who: str
    do: tuple[str, ...]
    see: tuple[str, ...]
    path: str = ""
    """Where it is done, below the site's address; `{name}` stands for one of the card's examples."""
    command: str = ""
    """What to type instead, or beside."""
    waits_for: str = ""
    """The example that arrives only some time after the start; the step says so until then."""


STEPS = (
    Step(
        2,
        "Send a mail, and see it counted and locked",
        "employee",
        (
            (
                "Send a mail to Jack Fenwick: by the form of the tour's page, with the command below, or with any "
                "mail program set to the port that the start printed."
            ),
            "Then open “My records” as Jack.",
        ),
        (
            "The answer “250” comes only after the sealed mail is on the disk.",
            (
                "Jack's list begins with your mail: sender, subject, size, and that it is locked. Its text is "
                "nowhere on the disk: search the demo's folder for any word of it."
            ),
        ),
        path="/my-records",
        command="muniment demo send --from you@example.org --text 'the word heron'",
    ),
    Step(
        3,
        "Whoever runs the machine cannot read",
        "it_engineer",
        (
            "Sign in as Aisha Malik, who looks after the servers.",
            "Follow the address below: it opens a record of a colleague.",
        ),
        (
            "She is refused, and told why: her role runs the system and so never reads it.",
            "The attempt stands in the ledger. Eleanor Whitcombe, the Data Controller, sees it listed.",
        ),
        path="/records/{what_was_promised}/open",
    ),
    Step(
        4,
        "Ask for messages and calls, for one stated purpose",
        "hr",
        (
            (
                "Sign in as Priya Raman. Brackenfield Joinery say that Chloe Brennan promised them a refund, in "
                "writing and on the telephone; she says that she did not."
            ),
            (
                "Start a request for a business need: purpose K10, about Chloe Brennan; give the reason, the time "
                "and what it was about, and mark the rest as not known. Sign it."
            ),
            (
                "Sign in as Eleanor Whitcombe, look for it (try “from:chloe.brennan@wethercote.example "
                "to:@brackenfield-joinery.example”), choose the messages; look for “channel:call party:maddox”, choose "
                "the calls, and pass it on."
            ),
        ),
        (
            "Priya's form will not go without a reason, and each other field is given or “not known”.",
            (
                "Eleanor sees sender, subject, date and size of what is found, of a call who and how long, and no "
                "word of either. What she searched for is in the ledger."
            ),
        ),
        path="/requests/new",
    ),
    Step(
        5,
        "Say yes in a minute; a request about oneself is refused",
        "director",
        (
            "Sign in as Diane Okafor, on a telephone if you like, and approve Priya's request with a reason.",
            "Then follow the address below: Nadia Farouk asks for Diane's own messages, because of a grievance.",
        ),
        (
            "She signs a text that names the holder, the purpose, the number of messages and the days.",
            "She cannot see or decide the request about herself. It waits for Margaret Holroyd or Susan Pryce.",
        ),
        path="/requests/{request_about_a_director}",
    ),
    Step(
        6,
        "Read and hear what was granted",
        "hr",
        (
            "Sign in as Priya Raman again, open the grant, and read the message of the day of the order.",
            "Listen to the call of ten days later, in which Chloe tells Mr Maddox of the delay.",
            (
                "Look at the mail “Your parcel is waiting” under a request of your own, if you want to see what a "
                "hostile mail can do here."
            ),
        ),
        (
            "A page says first what opening means. The ledger has the opening before the first letter is shown.",
            "“If they are not with you by the date you won't pay”: Chloe did promise it, and said so again.",
            "Priya's name and the time lie across the page. No picture is fetched and no script runs.",
        ),
        path="/grants",
    ),
    Step(
        7,
        "See who opened your messages",
        "employee",
        ("Sign in as Jack Fenwick and open “My records”.",),
        (
            (
                "Two of his messages to Kestrel were opened by Tom Ashdown: when, for what purpose, and that "
                "Diane Okafor agreed."
            ),
        ),
        path="/my-records",
    ),
    Step(
        9,
        "Damage one byte",
        "",
        (
            (
                "Change one byte of one record on the disk, and check: by the buttons of the tour's page, or with "
                "the two commands below."
            ),
            "Put it back (“muniment demo damage --undo”), and check again.",
        ),
        (
            "The check names the record and says what to do. Nothing else is reported.",
            "After the undo it finds nothing.",
        ),
        command="muniment demo damage; muniment verify",
    ),
    Step(
        10,
        "Two persons erase, and it is gone",
        "data_controller",
        (
            "Grace Mbeki sent her son's hospital letter here by mistake and asked for it to be erased.",
            (
                "As Eleanor Whitcombe ask for the erasure (purpose L2), find “from:grace.mbeki@saltingscare.example "
                "has:attachment”, choose it and sign your yes. As Susan Pryce or Diane Okafor sign the second."
            ),
            "As Eleanor erase it.",
        ),
        (
            "One signature is not enough, and the second must be somebody else's.",
            "A certificate says “final on” a date. A search no longer finds it, and nobody can open it.",
        ),
        path="/requests/new",
    ),
    Step(
        11,
        "Have it checked by somebody who trusts nobody",
        "investigator",
        (
            "As Nadia Farouk, under a grant that allows copies, take the evidence of a message as a file.",
            "Unpack it anywhere and check it with the command below: no key and no network is needed.",
        ),
        ("The check counts the steps of the proof, and names everybody who opened the message up to then.",),
        command="muniment prove FOLDER",
    ),
    Step(
        13,
        "Listen to a call: the notice is proved, the card is silent",
        "hr",
        (
            (
                "A few calls are made while the demo starts. In one of them Meera Joshi pays by card, and Beata's "
                "telephone desktop pauses the recording. Diane has agreed that Priya listens to it, with Beata."
            ),
            "Sign in as Priya Raman, open the grant and choose “Listen”.",
        ),
        (
            "Each side has its own line. The notice was heard in the sound itself, and the page says how surely.",
            (
                "Where the number was read out there is a masked stretch: nothing of it was ever written to a disk. "
                "Who paused it, and from when to when, stands beside it."
            ),
            "Another caller hung up during the notice. Of that call nothing is kept, only that it was declined.",
        ),
        path="/grants/{grant_to_listen}",
        waits_for="grant_to_listen",
    ),
    Step(
        14,
        "The call that was not recorded",
        "it_engineer",
        (
            "Sign in as Aisha Malik and go to the day below; “Calls”, under “Proof log”, lists every day.",
            "Then make a test call with the command below: it signals, speaks, plays the notice and hangs up.",
        ),
        (
            (
                "What the switch says is held against what is locked, and one call of yesterday's is named: line 418, "
                "answered, not recorded. Somebody plugged in a telephone and told nobody."
            ),
            "The test call says of each step how long it took. It is marked as a test, and counts as nobody's call.",
        ),
        path="/calls/completeness/{unrecorded_day}",
        command="muniment source test-call --home var/demo",
    ),
    Step(
        15,
        "Cover a name before a recording leaves",
        "data_controller",
        (
            (
                "Mr Maddox asks for the recording of his call. Our engineer's name is in it. As Eleanor Whitcombe open "
                "the grant, choose “Take a copy”, listen, and choose “Make a redacted copy”."
            ),
            "Cover the seconds in which Marcus is named (about 0:22 to 0:24), say why, and take the copy.",
        ),
        (
            "The copy has a tone where the name was, on both lines or on one. The original is untouched.",
            "A certificate says what was covered, by whom and why, and it is in the proof log.",
        ),
        path="/grants/{grant_to_copy}",
    ),
    Step(
        16,
        "What callers were told, and how it is proved",
        "employee",
        (
            "Sign in as Jack Fenwick and open “Recording notices”, at the address below.",
            "Play the notice of today, then the one before it and the Welsh one.",
        ),
        (
            "Each version has its wording, its days, and its place in the proof log. None is ever changed.",
            (
                "Beside each stands in how many calls it was heard, and how surely: found in the sound itself, "
                "not believed of the switch."
            ),
            (
                "Jack's own page “What is recorded” says how he knows: his telephone shows it. Nobody can listen in to a "
                "line that tells its people nothing."
            ),
        ),
        path="/announcements",
    ),
)


def steps(card: DemoCard) -> tuple[TourStep, ...]:
    """The tour with the names, links and addresses of one demo."""
    return tuple(_filled(step, card) for step in STEPS)


def _filled(step: Step, card: DemoCard) -> TourStep:
    persona = card.persona(step.who) if step.who else None
    return TourStep(
        number=step.number,
        title=step.title,
        persona=step.who,
        name=persona.name if persona else "",
        sign_in=persona.link if persona else "",
        do=step.do,
        see=step.see,
        address=card.origin + address if (address := path(step, card)) else "",
        command=step.command,
    )


def path(step: Step, card: DemoCard) -> str:
    """Where a step is done; empty where that is nowhere, or not there yet."""
    if step.waits_for and step.waits_for not in card.examples:
        return ""
    return step.path.format(**card.examples)


def as_text() -> str:
    """The tour for a terminal."""
    return "\n\n".join(_step(step) for step in STEPS)


def _step(step: Step) -> str:
    lines = [f"{step.number}. {step.title}"]
    lines += [f"   {line}" for line in step.do]
    if step.command:
        lines.append(f"   $ {step.command}")
    lines += [f"   → {line}" for line in step.see]
    return "\n".join(lines)
