"""Replies in the formats of several mail programs, generated for a given event."""

import base64
import quopri
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from events.models import Attendee

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The values of a reply, each of which can be forged separately."""

    uid: str
    sender: str
    attendee: str = ""  # '': the sender
    partstat: str = "ACCEPTED"
    method: str = "REPLY"
    sequence: int = 0
    stamped_at: datetime = NOW
    message_id: str = "<1@mail.example.org>"
    headers: str = ""
    parameters: str = ""  # of ATTENDEE
    more: str = ""  # further lines of the event
    start: str = "DTSTART;TZID=Asia/Shanghai:20261202T093000"
    end: str = "DTEND;TZID=Asia/Shanghai:20261202T170000"

    @property
    def stamp(self) -> str:
        return f"{self.stamped_at:%Y%m%dT%H%M%SZ}"

    @property
    def who(self) -> str:
        return self.attendee or self.sender

    def but(self, **changes: object) -> "Answer":
        return replace(self, **changes)


def of(attendee: Attendee, /, **changes: object) -> Answer:
    """Return the reply of an attendee to the invitation in its present state."""
    assert attendee.person
    attendee.event.refresh_from_db()
    return Answer(
        uid=attendee.event.ical_uid,
        sender=attendee.person.email,
        sequence=attendee.event.sequence,
    ).but(**changes)


def crlf(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def gmail(said: Answer) -> bytes:
    """Google Calendar replies in the user's name, with headers that mark an automatic mail."""
    calendar = f"""BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:{said.method}
BEGIN:VTIMEZONE
TZID:Asia/Shanghai
X-LIC-LOCATION:Asia/Shanghai
BEGIN:STANDARD
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
TZNAME:CST
DTSTART:19700101T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
{said.start}
{said.end}
DTSTAMP:{said.stamp}
ORGANIZER;CN=Promotion Office:mailto:post@attache.example
UID:{said.uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said.partstat};CN=Ch
 an Siu-ming;X-NUM-GUESTS=0{said.parameters}:mailto:{said.who}
X-MICROSOFT-CDO-OWNERAPPTID:-1475395237
CREATED:20260601T080000Z
{said.more}DESCRIPTION:
LAST-MODIFIED:{said.stamp}
LOCATION:Expo Centre
SEQUENCE:{said.sequence}
STATUS:CONFIRMED
SUMMARY:Going Global
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
    file = base64.encodebytes(crlf(calendar)).decode()
    return crlf(f"""MIME-Version: 1.0
Reply-To: {said.sender}
Sender: Google Calendar <calendar-notification@google.com>
Auto-Submitted: auto-generated
Message-ID: {said.message_id}
Date: Mon, 01 Jun 2026 09:00:00 +0000
Subject: Accepted: Going Global @ Wed 2 Dec 2026 (Promotion Office)
From: "Chan, Siu-ming" <{said.sender}>
To: post@attache.example
{said.headers}Content-Type: multipart/mixed; boundary="000000000000f0e1d20618a3"

--000000000000f0e1d20618a3
Content-Type: multipart/alternative; boundary="000000000000f0e1d00618a1"

--000000000000f0e1d00618a1
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

U2l1LW1pbmcgQ2hhbiBoYXMgYWNjZXB0ZWQgdGhpcyBpbnZpdGF0aW9uLg==
--000000000000f0e1d00618a1
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

<span itemscope itemtype=3D"http://schema.org/InformAction">Accepted</span>
--000000000000f0e1d00618a1
Content-Type: text/calendar; charset="UTF-8"; method={said.method}
Content-Transfer-Encoding: 7bit

{calendar}
--000000000000f0e1d00618a1--

--000000000000f0e1d20618a3
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{file}
--000000000000f0e1d20618a3--
""")


def outlook(said: Answer) -> bytes:
    """Exchange uses Windows time zones, writes MAILTO in capitals, and sends base64."""
    calendar = f"""BEGIN:VCALENDAR
METHOD:{said.method}
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:China Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={said.partstat};CN=Chan Siu-ming{said.parameters}:MAILTO:{said.who}
{said.more}SUMMARY;LANGUAGE=en-GB:Accepted: Going Global
{said.start.replace("Asia/Shanghai", "China Standard Time")}
{said.end.replace("Asia/Shanghai", "China Standard Time")}
UID:{said.uid}
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{said.stamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{said.sequence}
LOCATION;LANGUAGE=en-GB:Expo Centre
X-MICROSOFT-CDO-APPT-SEQUENCE:{said.sequence}
X-MICROSOFT-CDO-OWNERAPPTID:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
X-MICROSOFT-CDO-IMPORTANCE:1
X-MICROSOFT-CDO-INSTTYPE:0
X-MICROSOFT-DISALLOW-COUNTER:FALSE
END:VEVENT
END:VCALENDAR
"""
    part = base64.encodebytes(crlf(calendar)).decode()
    return crlf(f"""Received: from EX01.example.org (192.0.2.1) by EX02.example.org
\twith Microsoft SMTP Server id 15.2.1118.40; Mon, 1 Jun 2026 09:00:00 +0000
From: =?utf-8?B?6Zmz5bCP5piO?= <{said.sender}>
To: Promotion Office <post@attache.example>
Subject: =?utf-8?B?5o6l5Y+X77yaIEdvaW5nIEdsb2JhbA==?=
Thread-Topic: Going Global
Thread-Index: AQHcsW1ExQm0wX0GJ0u3yV2b9y0Rng==
Date: Mon, 1 Jun 2026 09:00:00 +0000
Message-ID: {said.message_id}
Accept-Language: en-GB, en-US
Content-Language: en-GB
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
{said.headers}Content-Type: multipart/alternative;
\tboundary="_000_PN2PR01MB_"
MIME-Version: 1.0

--_000_PN2PR01MB_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable



--_000_PN2PR01MB_
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><head></head><body></body></html>

--_000_PN2PR01MB_
Content-Type: text/calendar; charset="utf-8"; method={said.method}
Content-Transfer-Encoding: base64

{part}
--_000_PN2PR01MB_--
""")


def apple(said: Answer) -> bytes:
    """Apple Mail sends the calendar as quoted-printable with a file name, after a text."""
    calendar = f"""BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:{said.method}
PRODID:-//Apple Inc.//macOS 14.5//EN
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Asia/Shanghai
BEGIN:STANDARD
DTSTART:19910915T000000
TZNAME:CST
TZOFFSETFROM:+0900
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;CN="Chan Siu-ming";CUTYPE=INDIVIDUAL;PARTSTAT={said.partstat};ROLE=REQ
 -PARTICIPANT{said.parameters}:mailto:{said.who}
{said.more}CREATED:20260601T080000Z
{said.end}
DTSTAMP:{said.stamp}
{said.start}
LAST-MODIFIED:{said.stamp}
ORGANIZER;CN="Promotion Office":mailto:post@attache.example
SEQUENCE:{said.sequence}
SUMMARY:Going Global
TRANSP:OPAQUE
UID:{said.uid}
X-APPLE-CREATOR-IDENTITY:com.apple.calendar
END:VEVENT
END:VCALENDAR
"""
    part = quopri.encodestring(calendar.encode()).decode()
    return crlf(f"""From: Chan Siu-ming <{said.sender}>
Content-Type: multipart/alternative;
 boundary="Apple-Mail=_2F9C3B6E-5D47-4B57-9B0C-6B1F8C7E5A10"
Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.600.62\\))
Subject: Accepted: Going Global
Message-Id: {said.message_id}
Date: Mon, 1 Jun 2026 17:00:00 +0800
To: post@attache.example
X-Mailer: iCal 14.0
{said.headers}
--Apple-Mail=_2F9C3B6E-5D47-4B57-9B0C-6B1F8C7E5A10
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain;
 charset=utf-8

Chan Siu-ming has accepted your invitation.
--Apple-Mail=_2F9C3B6E-5D47-4B57-9B0C-6B1F8C7E5A10
Content-Type: multipart/mixed;
 boundary="Apple-Mail=_0B5E7A6C-7C25-4E0F-8E1D-0F4C9E3D2A55"

--Apple-Mail=_0B5E7A6C-7C25-4E0F-8E1D-0F4C9E3D2A55
Content-Disposition: attachment;
 filename=iCal-20260601-170000.ics
Content-Type: text/calendar;
 x-unix-mode=0644;
 method={said.method};
 name="iCal-20260601-170000.ics";
 charset=utf-8
Content-Transfer-Encoding: quoted-printable

{part}
--Apple-Mail=_0B5E7A6C-7C25-4E0F-8E1D-0F4C9E3D2A55--

--Apple-Mail=_2F9C3B6E-5D47-4B57-9B0C-6B1F8C7E5A10--
""")


PROGRAMS = {"gmail": gmail, "outlook": outlook, "apple": apple}

OUT_OF_OFFICE = b"""From: Chan Siu-ming <%(sender)s>\r
To: post@attache.example\r
Subject: Automatic reply: Invitation: Going Global\r
Message-ID: <2@mail.example.org>\r
Auto-Submitted: auto-generated\r
X-Auto-Response-Suppress: All\r
Content-Type: text/plain; charset=utf-8\r
\r
I am away until Monday.\r
"""

BOUNCE = b"""Return-Path: <>\r
From: Mail Delivery System <mailer-daemon@example.org>\r
To: post@attache.example\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <3@mail.example.org>\r
Auto-Submitted: auto-replied\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
No such user.\r
--b\r
Content-Type: message/rfc822\r
\r
%(original)s\r
--b--\r
"""
