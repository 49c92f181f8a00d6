"""DNS, asked of a real name server on this machine."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest

from absah.adapters.dns_lookup import DnsSilent, SystemDns
from absah.pki.dns_names import DnsName
from absah.pki.domain_control import CaaRecord

pytestmark = pytest.mark.loopback

ZONE = {
    ("_absah-challenge.kota.example.", "TXT"): ['"absah-token=" "abc"', '"v=spf1 -all"'],
    ("kota.example.", "CAA"): ['0 issue "absah.example"', '128 tbs "unknown"'],
    ("layanan.kota.example.", "A"): ["192.0.2.7"],
}
NAMES = {name for name, _ in ZONE} | {"example."}


class Server(threading.Thread):
    """Answers from the zone above; `broken` makes it fail as an overloaded server does."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.broken = False

    def run(self) -> None:
        while True:
            try:
                wire, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.socket.sendto(self.answer(dns.message.from_wire(wire)).to_wire(), peer)

    def answer(self, question: dns.message.Message) -> dns.message.Message:
        asked = question.question[0]
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name, kind = asked.name.to_text().lower(), dns.rdatatype.to_text(asked.rdtype)
        if self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in NAMES:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif records := ZONE.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
        return answer


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.socket.close()


@pytest.fixture
def lookup(server: Server) -> SystemDns:
    return SystemDns(("127.0.0.1",), port=server.port)


def test_txt_records_are_put_together_and_a_name_that_is_not_there_has_none(lookup):
    assert set(lookup.txt("_absah-challenge.kota.example")) == {"absah-token=abc", "v=spf1 -all"}
    assert lookup.txt("kota.example") == ()
    assert lookup.txt("tidak-ada.example") == ()


def test_caa_of_the_nearest_name_above_speaks_for_it(lookup):
    ours = CaaRecord(critical=False, tag="issue", value="absah.example")
    unknown = CaaRecord(critical=True, tag="tbs", value="unknown")
    for name in ("kota.example", "layanan.kota.example", "*.kota.example", "dalam.layanan.kota.example"):
        assert set(lookup.caa(DnsName(name))) == {ours, unknown}
    assert lookup.caa(DnsName("lain.example")) == ()


def test_a_server_that_fails_decides_nothing(server, lookup):
    server.broken = True
    with pytest.raises(DnsSilent):
        lookup.txt("kota.example")
    with pytest.raises(DnsSilent):
        lookup.caa(DnsName("kota.example"))


def test_the_servers_of_the_machine_are_asked_where_none_are_named():
    assert SystemDns() is not None
