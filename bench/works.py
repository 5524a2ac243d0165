"""The benches. Each answers table rows and remarks; the first line of its
text says what it measures."""
import os
import platform
import time

import house
from house import Service
from measure import (HERE, SERVER_CORE, Nginx, cpu, load, median,
                     peak, pin, pss, say)

RUNS = int(os.environ.get("RUNS") or 5)
SECONDS_EACH = int(os.environ.get("SECONDS_EACH") or 3)
USERS, BRANCHES, EVENTS = 50, 20, 200


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return f"{os.cpu_count()} cores of {model}"


def noise():
    return (f"load average {os.getloadavg()[0]:.1f} at the end: other work on "
            "the machine changes times by a third, ratios and CPU seconds "
            "hardly")


def times(runs):
    """1 … runs, told as progress."""
    for i in range(runs):
        say(f"  run {i + 1} of {runs}")
        yield i


# ---- static ---------------------------------------------------------------

def static():
    """the public page of an advisory against nginx, same file, same core"""
    with Service(rehearse=False) as service:
        page = service.state / "site" / "advisory.html"
        page.write_bytes(house.advisory(service.build))
        nginx = Nginx(page.parent, house.free_port())
        nginx.start()
        try:
            return _static(service, nginx, page.stat().st_size)
        finally:
            nginx.stop()


def _static(service, nginx, size):
    house.until(lambda: nginx.pids() and house.listens(nginx.port))
    door, worker = [service.worker("door")], nginx.pids()
    pin(door + worker, SERVER_CORE)
    ours, theirs = [], []
    for _ in times(RUNS):
        for pids, url, runs in ((door, service.url, ours),
                                (worker, nginx.url, theirs)):
            runs.append(load(pids, url + "/advisory.html", SECONDS_EACH,
                             USERS))
    rate = [median(r["rate"] for r in runs) for runs in (ours, theirs)]
    each = [median(r["each"] for r in runs) for runs in (ours, theirs)]
    ratio = median(a["rate"] / b["rate"] for a, b in zip(ours, theirs))
    spent = median(b["each"] / a["each"] for a, b in zip(ours, theirs))
    return [[f"public page of {size / 1000:.0f} kB, requests per second",
             f"{ratio:.0%} of nginx ({rate[0]:,.0f}/s)",
             f"nginx {rate[1]:,.0f}/s", "≥ 70 %"]], [
        f"Public page: {each[0] * 1e6:.0f} µs of CPU a request, nginx "
        f"{each[1] * 1e6:.0f} µs ({spent:.0%} of nginx by CPU); peak memory "
        f"of the door {peak(door[0]):.0f} MB."]


# ---- dynamic and memory ---------------------------------------------------

def dynamic():
    """the case page with 20 branches and 200 events, 50 people at once"""
    with Service() as service:
        lead = house.lead(service)
        case = house.big_case(lead, BRANCHES, EVENTS)
        return _dynamic(service, lead, f"/desk/case/{case}")


def _dynamic(service, lead, path):
    header = [f"Cookie: fw={lead.cookies['fw']}"]
    size = len(lead.get(path).body)
    workers = service.workers()
    pids = [workers["door"], workers["desk"]]
    pin(pids, SERVER_CORE)
    calm, flood, each = [], [], []
    for _ in times(RUNS):
        calm.append(load(pids, service.url + path, 4 * SECONDS_EACH, USERS,
                         header, think=1000))
        flood.append(load(pids, service.url + path, SECONDS_EACH, USERS,
                          header))
    p50, p99 = (median(r[k] for r in calm) for k in ("p50", "p99"))
    cost = median(r["each"] for r in flood)
    return [[f"case page, {BRANCHES} branches, {EVENTS} events, {size / 1000:.0f} kB; "
             f"{USERS} people who click once a second",
             f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", "–", "p99 < 15 ms"],
            ["the same page, as fast as one core gives it",
             f"{median(r['rate'] for r in flood):,.0f}/s", "fossil 200–360/s",
             "≥ 10 ×"]], [
        f"Case page: {cost * 1e3:.2f} ms of CPU a page, door and desk "
        "together, on one core beside other work; with "
        f"{USERS} people who never pause, p50 "
        f"{median(r['p50'] for r in flood):.0f} ms and p99 "
        f"{median(r['p99'] for r in flood):.0f} ms. Each view writes its row "
        "into the audit ledger."]


def memory():
    """memory of each process, idle and after load"""
    idle, after, high = {}, {}, {}
    for _ in times(RUNS):
        with Service() as service:
            for name, pid in _all(service):
                idle.setdefault(name, []).append(pss(pid))
            lead = house.lead(service)
            case = house.big_case(lead, BRANCHES, EVENTS)
            load([], f"{service.url}/desk/case/{case}", SECONDS_EACH, USERS,
                 [f"Cookie: fw={lead.cookies['fw']}"])
            for name, pid in _all(service):
                after.setdefault(name, []).append(pss(pid))
                high.setdefault(name, []).append(peak(pid))
    figure = " · ".join(f"{n} {median(idle[n]):.1f} → {median(after[n]):.1f}"
                        for n in idle)
    total = [sum(median(v) for v in part.values()) for part in (idle, after)]
    return [["memory of each process, idle → after load (PSS)",
             figure + f" · together {total[0]:.0f} → {total[1]:.0f} MB",
             "–", "–"]], [
        "Peak resident: " + ", ".join(
            f"{n} {median(v):.0f} MB" for n, v in high.items())
        + " (the desk's peak is Argon2id at a login: 64 MB for a moment)."]


def _all(service):
    return [("supervisor", service.process.pid), *service.workers().items()]


# ---- disclosure -----------------------------------------------------------

def disclosure():
    """100 cases disclosed in one act, 500 makers told"""
    cases = int(os.environ.get("CASES") or 100)
    makers = int(os.environ.get("MAKERS") or 500)
    with Service() as service:
        lead = house.lead(service)
        house.makers(lead, makers, service.sink)
        numbers = house.ready_cases(lead, cases, say)
        return _disclosure(service, lead, numbers, makers)


def _disclosure(service, lead, numbers, makers):
    house.settle(service.sink)
    service.sink.forget()
    names = service.workers()
    desk, courier = [names["desk"]], [names["courier"]]
    spent, began = (cpu(desk), cpu(courier)), time.monotonic()
    lead.api("disclose.run", {"cases": numbers, "when": "now",
                              "reason": "measured"})
    last = service.state / "site" / "advisory"
    house.until(lambda: len(list(last.glob("FW-*.html"))) >= len(numbers),
                600, 0.05)
    public = time.monotonic() - began
    house.settle(service.sink)
    mails = len(service.sink.mails)
    took = time.monotonic() - began - 3  # settled() saw three silent seconds
    used = cpu(desk) - spent[0], cpu(courier) - spent[1]
    theirs = house.plain_mails(min(mails, 500) or 1)
    rate = mails / max(took, 0.001)
    return [[f"{len(numbers)} cases disclosed at once, {makers} makers",
             f"all public after {public:.1f} s; {mails:,} mails in "
             f"{took:.0f} s, {rate:.0f}/s",
             f"smtplib into the same sink {theirs:.0f}/s", "–"]], [
        f"Disclosure: {used[0]:.1f} s of CPU in the desk, {used[1]:.1f} s in "
        f"the courier; peak memory {peak(desk[0]):.0f} and "
        f"{peak(courier[0]):.0f} MB. The sink is Python and shares the "
        "machine: the figure is of the pair. One run."]


# ---- start and login ------------------------------------------------------

def start():
    """from exec to the first answer of the desk through the door"""
    first, again, nginx = [], [], []
    for _ in times(RUNS):
        service = Service(rehearse=False)
        try:
            first.append(_start(service))
            service.stop()
            again.append(_start(service))
            service.stop()
        finally:
            service.close()
        nginx.append(_start_nginx())
    ours, fresh, theirs = (1000 * median(x) for x in (again, first, nginx))
    return [["start until it answers",
             f"{ours:.0f} ms; the very first, making the database, "
             f"{fresh:.0f} ms", f"nginx {theirs:.0f} ms", "< 500 ms"]], []


def _start(service):
    began = time.monotonic()
    service.start(wait=False)
    house.until(lambda: house.answers(service.port))
    return time.monotonic() - began


def _start_nginx():
    nginx = Nginx(HERE, house.free_port())
    began = time.monotonic()
    nginx.start()
    house.until(lambda: house.listens(nginx.port))
    took = time.monotonic() - began
    nginx.stop()
    return took


def login():
    """a login with password (Argon2id) and code"""
    wall, spent = [], []
    with Service() as service:
        lead = house.lead(service)
        desk = [service.worker("desk")]
        for i in times(RUNS):
            person = house.member(lead, service, f"p{i}@project.example.org")
            before, began = cpu(desk), time.monotonic()
            person.log_in(f"p{i}@project.example.org", house.PASSWORD)
            wall.append(time.monotonic() - began)
            spent.append(cpu(desk) - before)
    return [["login (Argon2id, meant to be slow)",
             f"{1000 * median(wall):.0f} ms, {1000 * median(spent):.0f} ms of "
             "CPU", "–", "–"]], []


ALL = {work.__name__: work for work in (
    static, dynamic, disclosure, memory, start, login)}
