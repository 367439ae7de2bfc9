"""One first INVITE for each row of the dialect table, written for these tests in the manner of each vendor.

Numbers are of Ofcom's drama range and documentation networks; nobody's recording was copied.
"""

from dataclasses import dataclass, field

BARE = "v=0\r\no={o} 7 7 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"


@dataclass(frozen=True)
class Spoken:
    """An INVITE as a vendor says it, and what must come of it."""

    dialect: str
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    streams: tuple[str, ...] = ("1", "2")
    caller: str = ""
    called: str = ""
    heard: tuple[int | None, ...] = ()
    """For each party in order, the stream that carries it."""
    extensions: tuple[str, ...] = ()


def two(
    labels: tuple[str, str] = ("1", "2"), *, per_media: bool = False, origin: str = "src", extra: str = ""
) -> str:
    """Two m-lines of G.711."""
    connection = "c=IN IP4 192.0.2.21\r\n" if per_media else ""
    head = BARE.format(o=origin)
    if per_media:
        head = head.replace("c=IN IP4 192.0.2.20\r\n", "")
    return head + "".join(
        f"m=audio {20_000 + 2 * place} RTP/AVP 8 0\r\n{connection}a=label:{label}\r\n{extra}a=sendonly\r\n"
        for place, label in enumerate(labels)
    )


def parts(
    sdp: str,
    metadata: str,
    boundary: str,
    *,
    metadata_first: bool = False,
    kind: str = "application/rs-metadata+xml",
) -> bytes:
    first = f"Content-Type: application/sdp\r\n\r\n{sdp}"
    second = f"Content-Type: {kind}\r\nContent-Disposition: recording-session\r\n\r\n{metadata}"
    order = (second, first) if metadata_first else (first, second)
    return ("".join(f"--{boundary}\r\n{each}\r\n" for each in order) + f"--{boundary}--\r\n").encode()


BROADWORKS = Spoken(
    "broadworks",
    parts(
        BARE.format(o="BroadWorks")
        + "m=audio 22000 RTP/AVP 8 101 0 9 18 97\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=sendonly\r\na=label:1\r\n",
        '<?xml version="1.0"?><recording_metadata xmlns="urn:ietf:params:xml:ns:siprec">'
        "<dataMode>complete</dataMode><recording><requestor>SRC</requestor><type>selective</type></recording>"
        '<session id="urn:uuid:11111111-1111-4111-8111-111111111111"/>'
        '<participant id="urn:uuid:2" session="urn:uuid:11111111-1111-4111-8111-111111111111">'
        "<aor>sip:+441632960555@as.example</aor><name>Firm</name><send><id>urn:uuid:9</id></send></participant>"
        '<participant id="urn:uuid:3"><aor>sip:+441632960001@as.example</aor></participant>'
        '<stream id="urn:uuid:9"><label>1</label><mode>mixed</mode></stream>'
        "<extensiondata><externalTrackingID>callhalf-77:0</externalTrackingID></extensiondata>"
        "</recording_metadata>",
        "UniqueBroadWorksBoundary",
        metadata_first=True,
    ),
    "multipart/mixed;boundary=UniqueBroadWorksBoundary",
    {"Require": "", "Contact": "<sip:as@192.0.2.20>;src", "Supported": ""},
    streams=("1",),
    caller="+441632960555",
    called="+441632960001",
    heard=(0, None),
)

AVAYA = Spoken(
    "avaya",
    parts(
        two(("10", "20")),
        '<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><dataMode>complete</dataMode>'
        '<session session_id="00FA08007"/><participant participant_id="aaaa"><nameID aor="sip:01632960002@192.0.2.5"/>'
        '</participant><participant participant_id="bbbb"><nameID aor="sip:ASBCE@asbce.example"/></participant>'
        '<participantstreamassoc participant_id="aaaa"><send>e698</send></participantstreamassoc>'
        '<stream stream_id="e698" session_id="00FA08007"><label>10</label></stream>'
        '<stream stream_id="" session_id="00FA08007"><label>20</label></stream></recording>',
        "foobar",
    ),
    'multipart/mixed; boundary="foobar"',
    {"Contact": "<sip:sbc@192.0.2.20;+sip.src>"},
    streams=("10", "20"),
    caller="01632960002",
    heard=(0,),
)

AUDIOCODES = Spoken(
    "audiocodes",
    parts(
        BARE.format(o="AudiocodesGW")
        + "".join(
            f"m=audio {24_000 + 2 * n} RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=label:{n}\r\na=sendonly\r\n"
            for n in (1, 2)
        ),
        '<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>'
        '<session session_id="AAAB"/><participant participant_id="AAAC"><nameID aor="sip:203@pbx.example"/></participant>'
        '<participant participant_id="AAAD"><nameID aor="sip:01632960003@sbc.example"/></participant>'
        '<stream stream_id="AAAE"><label>1</label></stream><stream stream_id="AAAF"><label>2</label></stream>'
        '<participantstreamassoc participant_id="AAAC"><send>AAAE</send><recv>AAAF</recv></participantstreamassoc>'
        '<participantstreamassoc participant_id="AAAD"><send>AAAF</send><recv>AAAE</recv></participantstreamassoc>'
        "</recording>",
        "boundary_ac1",
    ),
    "multipart/mixed;boundary=boundary_ac1",
    {"Contact": "<sip:gw@192.0.2.20>;src", "X-audc-call-id": "177"},
    caller="203",
    called="01632960003",
    heard=(0, 1),
    extensions=("203", ""),
)

ORACLE = Spoken(
    "oracle",
    parts(
        two(("16777227", "16777228")),
        "<?xml version='1.0' encoding='UTF-8'?><recording xmlns='urn:ietf:params:xml:ns:recording'>"
        "<datamode>complete</datamode><session id='S1=='><associate-time>2026-03-09T16:50:20</associate-time></session>"
        "<participant id='P1==' session='S1=='><nameID aor='sip:204@192.0.2.102'><name>204</name></nameID>"
        "<send>T1==</send><extensiondata xmlns:apkt='http://acme.example/ext'><apkt:callingParty>false</apkt:callingParty>"
        "</extensiondata></participant>"
        "<participant id='P2==' session='S1=='><nameID aor='sip:01632960004@192.0.2.10'/><send>T2==</send>"
        "<extensiondata xmlns:apkt='http://acme.example/ext'><apkt:callingParty>true</apkt:callingParty></extensiondata>"
        "</participant><stream id='T1==' session='S1=='><label>16777227</label><mode>separate</mode></stream>"
        "<stream id='T2==' session='S1=='><label>16777228</label></stream></recording>",
        "unique-boundary-1",
    ),
    "multipart/mixed; boundary=unique-boundary-1",
    streams=("16777227", "16777228"),
    caller="01632960004",
    called="204",
    heard=(1, 0),
    extensions=("", "204"),
)

RIBBON = Spoken(
    "ribbon",
    parts(
        two(per_media=True),
        '<?xml version="1.0"?><tns:recording xmlns:tns="urn:ietf:params:xml:ns:recording"><tns:datamode>complete</tns:datamode>'
        '<tns:group group_id="G=="><tns:associate-time>1970-05-13T03:29:05Z</tns:associate-time>'
        '<callData xmlns="urn:ietf:params:xml:ns:callData"><fromhdr>"Ann" &lt;sip:01632960005@192.0.2.55&gt;;tag=a</fromhdr>'
        "<tohdr>&lt;sip:205@192.0.2.72&gt;;tag=b</tohdr><callid>2da553f7-real</callid><gcid>2412</gcid></callData></tns:group>"
        '<tns:session session_id="S=="><tns:group-ref>G==</tns:group-ref></tns:session>'
        '<tns:participant participant_id="P1=="><tns:nameID aor="205@192.0.2.55"><tns:name xml:lang="en"> </tns:name></tns:nameID></tns:participant>'
        '<tns:participant participant_id="P2=="><tns:nameID aor="01632960005@192.0.2.72"/></tns:participant>'
        '<tns:stream stream_id="T1=="><tns:label>1</tns:label></tns:stream><tns:stream stream_id="T2=="><tns:label>2</tns:label></tns:stream>'
        '<tns:participantstreamassoc participant_id="P1=="><tns:send>T2==</tns:send></tns:participantstreamassoc>'
        '<tns:participantstreamassoc participant_id="P2=="><tns:send>T1==</tns:send></tns:participantstreamassoc></tns:recording>',
        "sonus-content-delim",
    ),
    "multipart/mixed;boundary=sonus-content-delim",
    caller="01632960005",
    called="205",
    heard=(0, 1),
    extensions=("", "205"),
)

_CUBE = (
    '<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>'
    '<session session_id="kQNh=="><sipSessionID>e9ff;remote=cd0f</sipSessionID></session>'
    '<participant participant_id="kQ1=="><nameID aor="sip:206@192.0.2.204"/></participant>'
    '<participant participant_id="kQ2=="><nameID aor="sip:+441632960006@192.0.2.204"/></participant>'
    '<stream stream_id="kQ3=="><label>1</label></stream><stream stream_id="kQ4=="><label>2</label></stream>'
    '<participantstreamassoc participant_id="kQ1=="><send>kQ3==</send></participantstreamassoc>'
    '<participantstreamassoc participant_id="kQ2=="><send>kQ4==</send></participantstreamassoc></recording>'
)
CUBE = Spoken(
    "cisco-cube",
    parts(two(origin="CiscoSystemsSIP-GW-UserAgent"), _CUBE, "uniqueBoundary").replace(
        b"--uniqueBoundary--",
        b"--uniqueBoundary\r\nContent-Disposition: signal;handling=optional\r\nContent-Type: application/gtd\r\n\r\nIAM,\r\nGCI,9103\r\n\r\n--uniqueBoundary--",
    ),
    "multipart/mixed;boundary=uniqueBoundary",
    caller="206",
    called="+441632960006",
    heard=(0, 1),
    extensions=("206", ""),
)

CUBE_INACTIVE = Spoken(
    "cisco-cube",
    parts(
        two(origin="CiscoSystemsSIP-GW-UserAgent")
        .replace("RTP/AVP 8 0", "RTP/AVP 0 19")
        .replace("sendonly", "inactive"),
        _CUBE.replace("<send>kQ3==</send>", "").replace("<send>kQ4==</send>", "").replace("e9ff", "e9fe"),
        "uniqueBoundary",
    ),
    "multipart/mixed;boundary=uniqueBoundary",
    caller="206",
    called="+441632960006",
    heard=(None, None),
)

CUBE_PLAIN = Spoken(
    "cisco-cube",
    two(origin="CiscoSystemsSIP-GW-UserAgent").encode(),
    "application/sdp",
    {
        "X-Cisco-Recording-Participant": 'sip:207@192.0.2.7;media-index="0", sip:01632960007@192.0.2.7;media-index="1"',
        "Require": "",
    },
    caller="207",
    called="01632960007",
    heard=(0, 1),
    extensions=("207", ""),
)

SEMS = Spoken(
    "sems",
    parts(
        two(("a_leg", "b_leg"), per_media=True, origin="sems", extra="a=direction:both\r\n"),
        "<?xml version='1.0'?><recording xmlns='urn:ietf:params:xml:ns:recording:1'><datamode>complete</datamode>"
        '<session session_id="XoM2=="><sipSessionID>hvij5</sipSessionID></session>'
        '<participant participant_id="omFy=="><nameID aor="sip:01632960008@localhost"/></participant>'
        '<participant participant_id="fLbZ=="><nameID aor="Extension-208@speech.example"/></participant>'
        '<stream stream_id="1LiA=="><label>1</label></stream><stream stream_id="WJgj=="><label>2</label></stream>'
        '<participantstreamassoc participant_id="omFy=="><send>1LiA==</send></participantstreamassoc>'
        '<participantstreamassoc participant_id="fLbZ=="><send>WJgj==</send></participantstreamassoc></recording>',
        "690DEB64",
        kind="application/rs-metadata",
    ),
    "multipart/mixed; boundary=690DEB64",
    streams=("a_leg", "b_leg"),
    caller="01632960008",
    called="Extension-208",
    heard=(0, 1),
)

OPENSIPS = Spoken(
    "opensips",
    parts(
        two(("0", "1"), per_media=True),
        "<?xml version=\"1.0\"?>\r\n<recording xmlns='urn:ietf:params:xml:ns:recording:1'>\r\n\t<datamode>complete</datamode>\r\n"
        '\t<session session_id="2+hK=="><sipSessionID>2d8a@192.0.2.239</sipSessionID></session>\r\n'
        '\t<participant participant_id="WEWT=="><nameID aor="sip:01632960009@192.0.2.239"><name>Ann</name></nameID></participant>\r\n'
        '\t<participant participant_id="21Is=="><nameID aor="sip:209@cust.example"/></participant>\r\n'
        '\t<stream stream_id="EkG6=="><label>0</label></stream>\r\n\t<stream stream_id="4CLO=="><label>1</label></stream>\r\n'
        '\t<participantstreamassoc participant_id="WEWT=="><send>EkG6==</send></participantstreamassoc>\r\n'
        '\t<participantstreamassoc participant_id="21Is=="><send>4CLO==</send></participantstreamassoc>\r\n</recording>',
        "OSS-unique-boundary-42",
    ),
    "multipart/mixed;boundary=OSS-unique-boundary-42",
    streams=("0", "1"),
    caller="01632960009",
    called="209",
    heard=(0, 1),
    extensions=("", "209"),
)

METASWITCH = Spoken(
    "metaswitch",
    parts(two(), _CUBE.replace("e9ff", "e9fd").replace("206", "210"), "ms"),
    "multipart/mixed;boundary=ms",
    {"User-Agent": "Metaswitch Perimeta"},
    caller="210",
    called="+441632960006",
    heard=(0, 1),
    extensions=("210", ""),
)

STANDARD = Spoken(
    "standard",
    parts(two(), _CUBE.replace("e9ff", "e9fc").replace("206", "211"), "std"),
    "multipart/mixed;boundary=std",
    caller="211",
    called="+441632960006",
    heard=(0, 1),
    extensions=("211", ""),
)

SPOKEN = {
    "BroadWorks": BROADWORKS,
    "Avaya SBCE": AVAYA,
    "AudioCodes": AUDIOCODES,
    "Oracle": ORACLE,
    "Ribbon": RIBBON,
    "CUBE": CUBE,
    "CUBE, inactive at first": CUBE_INACTIVE,
    "CUBE, plain SDP": CUBE_PLAIN,
    "SEMS": SEMS,
    "OpenSIPS": OPENSIPS,
    "Metaswitch": METASWITCH,
    "standard": STANDARD,
}

CUCM = {
    side: {
        "From": f"<sip:212@ucm;{side};x-refci=25628822;x-nearenddevice=SEP1;x-farendrefci=25628821;"
        f"x-farenddevice=GW;x-farendaddr=01632960012>;tag=",
        "Contact": "<sip:212@192.0.2.20:5060>;isFocus",
        "Require": "",
    }
    for side in ("x-nearend", "x-farend")
}
"""Headers of the two dialogs of one phone; both come without SDP, and answer ours in the ACK."""
