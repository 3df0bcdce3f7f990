"""Uploads: what a file may look like, what becomes of each row, and that a stop in between loses nothing."""

import pytest

from tests.unit.enrolment.builders import KKL, PDY
from tests.unit.enrolment.client import Client, slug
from tests.unit.enrolment.world import World

HEADER = (
    "employee_id,name_latin,name_devanagari,name_tamil,campus,department,cadre,email,phone,languages,supervisor,deputy"
)


def a_row(n: int, **cells: str) -> str:
    row = {
        "employee_id": f"PDY{n:05}", "name_latin": f"Meena {n}", "name_devanagari": "मीना", "name_tamil": "மீனா",
        "campus": PDY, "department": "Medicine", "cadre": "Nurse", "email": f"m{n}@staff.example",
        "phone": f"+91 94430 {n:05}", "languages": "ta en", "supervisor": "", "deputy": "",
    } | cells  # fmt: skip
    return ",".join(row.values())


def a_file(*rows: str, header: str = HEADER) -> str:
    return "\r\n".join([header, *rows]) + "\r\n"


async def imported(
    world: World, client: Client, csv: str | bytes, path: str = "/people/imports"
) -> list[dict[str, object]]:
    answer = await client.upload(path, csv)
    assert answer.status_code == 202, answer.text
    await world.tick("jobs")
    job = (await client.get(answer.headers["location"].removeprefix("/enrolment/v1"))).json()
    assert job["state"] == "done"
    rows = (await client.get(f"/jobs/{job['id']}/rows", limit=200)).json()["items"]
    assert (job["accepted"], job["refused"]) == tuple(
        sum(row["outcome"] == outcome for row in rows) for outcome in ("accepted", "refused")
    )
    return rows


@pytest.mark.rule("N-02", "N-03")
async def test_people_are_added_and_the_same_file_again_changes_nothing():
    world = World()
    client = Client(world)
    csv = a_file(a_row(1, supervisor="pdy 00002"), a_row(2))

    first = await imported(world, client, csv)
    told = sorted(await world.told("person.recorded"), key=lambda person: str(person["names"]))
    again = await imported(world, client, csv)

    assert [row["outcome"] for row in first] == ["accepted", "accepted"]
    assert [row["id"] for row in again] == [row["id"] for row in first]
    assert len(await world.told("person.recorded")) == 2
    assert told[0] | {"person_id": "", "supervisor_id": ""} == {
        "person_id": "", "revision": 1, "names": {"latin": "Meena 1", "devanagari": "मीना", "tamil": "மீனா"},
        "campus": PDY, "department": "Medicine", "cadre": "Nurse", "email": "m1@staff.example",
        "phone": "+919443000001", "languages": ["ta", "en"], "supervisor_id": "", "deputy_id": None,
    }  # fmt: skip
    assert told[0]["supervisor_id"] == first[1]["id"], "who stands further down in the file"
    found = (await client.get("/people", employee_id="pdy00001")).json()["items"]
    assert [person["id"] for person in found] == [first[0]["id"]]


@pytest.mark.rule("N-03")
async def test_a_changed_row_is_told_again():
    world = World()
    client = Client(world)
    await imported(world, client, a_file(a_row(1)))

    await imported(world, client, a_file(a_row(1, department="Surgery")))

    assert [told["revision"] for told in await world.told("person.recorded")] == [1, 2]


@pytest.mark.rule("N-03")
@pytest.mark.parametrize("form", ["bom", "semicolons", "other order", "unix"])
async def test_spreadsheets_write_files_in_many_ways(form):
    world = World()
    csv = a_file(a_row(1))
    if form == "semicolons":
        csv = csv.replace(",", ";")
    if form == "unix":
        csv = csv.replace("\r\n", "\n")
    if form == "other order":
        csv = "\r\n".join(",".join(reversed(line.split(","))) for line in csv.split("\r\n"))
    content = csv.encode("utf-8-sig" if form == "bom" else "utf-8")

    [row] = await imported(world, Client(world), content)

    assert row["outcome"] == "accepted"


@pytest.mark.parametrize(
    ("csv", "problem"),
    [
        ("", "csv-empty"),
        ("\n", "csv-empty"),
        (HEADER + "\n", "csv-empty"),
        ("name,age\nA,1\n", "csv-columns"),
        (HEADER + ",extra\n" + a_row(1) + ",x\n", "csv-columns"),
        (HEADER.replace(",phone", "") + "\n" + a_row(1) + "\n", "csv-columns"),
        (HEADER + ",phone\n" + a_row(1) + ",1\n", "csv-columns"),
        (HEADER.encode() + "\nMéena".encode("latin-1"), "csv-encoding"),
        (HEADER + "\n" + "\n".join(map(a_row, range(10_001))), "csv-too-long"),
    ],
)
@pytest.mark.rule("N-03")
async def test_a_file_that_is_none_of_ours_is_refused_whole(csv, problem):
    world = World()

    answer = await Client(world).upload("/people/imports", csv)

    assert slug(answer) == (422, problem)
    if problem == "csv-columns":
        assert answer.json()["missing"] or answer.json()["unknown"] or answer.json()["twice"]
    if problem == "csv-too-long":
        assert answer.json()["limit"] == 10_000
    assert not world.stored("jobs")


@pytest.mark.rule("N-03")
@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"name_latin": "=HYPERLINK(1)"}, "formula-cell"),
        ({"department": "@SUM(A1)"}, "formula-cell"),
        ({"cadre": "-1"}, "formula-cell"),
        ({"department": "\tx"}, "formula-cell"),
        ({"phone": "+SUM(A1)"}, "formula-cell"),
        ({"name_latin": " =HYPERLINK(1)"}, "formula-cell"),
        ({"name_latin": "\u00a0=1+1"}, "formula-cell"),
        ({"cadre": "  @SUM(1)"}, "formula-cell"),
        ({"cadre": '"\n=cmd"'}, "formula-cell"),
        ({"phone": "12"}, "bad-phone"),
        ({"email": "nobody"}, "bad-email"),
        ({"languages": "fr"}, "bad-language"),
        ({"name_latin": ""}, "cell-missing"),
        ({"employee_id": ""}, "cell-missing"),
        ({"supervisor": "PDY99999"}, "unknown-person"),
        ({"name_latin": "x" * 400}, "cell-too-long"),
        ({"deputy": "1,2"}, "row-shape"),
    ],
)
async def test_a_bad_row_never_hurts_a_good_one(cells, problem):
    world = World()

    rows = await imported(world, Client(world), a_file(a_row(1), a_row(2, **cells), a_row(3)))

    assert [row["outcome"] for row in rows] == ["accepted", "refused", "accepted"]
    assert rows[1]["problem"] == problem
    assert len(await world.told("person.recorded")) == 2
    refused = {name: value for name, value in rows[1].items() if not name.endswith("_id")}  # ids may hold any digits
    assert all(cell not in str(refused) for cell in cells.values() if cell)


@pytest.mark.rule("N-03")
async def test_the_same_person_twice_in_one_file_counts_once():
    world = World()

    rows = await imported(world, Client(world), a_file(a_row(1), a_row(1, employee_id=" pdy00001", cadre="Other")))

    assert [row["problem"] for row in rows] == [None, "duplicate-row"]
    assert [told["cadre"] for told in await world.told("person.recorded")] == ["Nurse"]


@pytest.mark.rule("C1")
async def test_an_admin_imports_people_of_their_own_campus_only():
    world = World()
    await imported(world, Client(world), a_file(a_row(1, campus=KKL)))

    rows = await imported(world, Client(world, "campus_admin"), a_file(a_row(1), a_row(2, campus=KKL), a_row(3)))

    assert [row["problem"] for row in rows] == ["not-your-campus", "not-your-campus", None]


@pytest.mark.rule("N-09")
async def test_a_preview_says_what_would_become_of_each_row():
    world = World()

    answer = await Client(world).upload("/people/imports", a_file(a_row(1), a_row(2, email="x")), dry_run=True)

    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (200, 1, 1)
    assert not world.stored("people")
    assert not world.stored("jobs")


@pytest.mark.rule("N-03", "D1")
async def test_a_job_goes_on_where_it_was_stopped():
    world = World()
    client = Client(world)
    count = 400
    answer = await client.upload("/people/imports", a_file(*map(a_row, range(count))))
    [job, *others] = await world.service.due.chunks_to_advance(world.now)
    assert len(others) == 6

    from enrolment.application.commands_imports import advance_job

    await world.do(lambda tx: advance_job(job, tx))
    half = (await client.get(f"/jobs/{job}")).json()
    await world.tick("jobs")
    await world.do(lambda tx: advance_job(job, tx))

    assert (half["state"], half["done"]) == ("running", 60)
    done = (await client.get(f"/jobs/{answer.json()['id']}")).json()
    assert (done["state"], done["accepted"], done["total"]) == ("done", count, count)
    assert len(await world.told("person.recorded")) == count
    assert not world.stored("chunks"), "what people sent does not stay"


@pytest.mark.rule("P-03")
async def test_an_import_by_the_coordinator_is_nobody_else_s_to_read():
    world = World()
    answer = await Client(world).upload("/people/imports", a_file(a_row(1)))
    job = f"/jobs/{answer.json()['id']}"

    admin = Client(world, "campus_admin", campus=PDY)

    assert [(await admin.get(path)).status_code for path in (job, f"{job}/rows")] == [404, 404]
    assert (await Client(world).get(job)).status_code == 200


@pytest.mark.rule("P-02")
async def test_results_hold_nothing_personal():
    world = World()

    await imported(world, Client(world), a_file(a_row(1), a_row(2, email="meena")))

    assert "Meena" not in str(world.stored("results"))
    assert "meena" not in str(world.stored("jobs"))


async def test_results_come_in_pages_and_by_outcome():
    world = World()
    client = Client(world)
    answer = await client.upload(
        "/people/imports", a_file(*(a_row(n, email="bad" if n % 2 else "") for n in range(200)))
    )
    await world.tick("jobs")
    path = f"/jobs/{answer.json()['id']}/rows"

    first = (await client.get(path, outcome="refused", limit=60)).json()
    second = (await client.get(path, outcome="refused", limit=60, after=first["next"])).json()

    assert [len(first["items"]), len(second["items"]), second["next"]] == [60, 40, None]
    assert [row["row"] for row in first["items"] + second["items"]] == list(range(2, 201, 2))


@pytest.mark.rule("N-01", "N-03")
async def test_nominations_by_file():
    world = World()
    offering = await world.an_offering(shares={PDY: 1, KKL: 1})
    people = await world.people(3) + await world.people(1, KKL)
    stranger = await world.person("yanam")
    ids = [p.employee_id for p in people]
    csv = "employee_id,mandatory\n" + "".join(
        f"{id},{mandatory}\n"
        for id, mandatory in [
            (ids[0], ""),
            ("NOBODY", ""),
            (ids[1], "yes"),
            (ids[0], ""),
            (ids[2], "perhaps"),
            (ids[3], "0"),
            (stranger.employee_id, ""),
        ]
    )
    client = Client(world)
    path = f"/offerings/{offering.id}/nominations/imports"

    rows = await imported(world, client, csv, path)
    states = {e.person_id: e.state for e in await world.enrolments(offering)}
    again = await imported(world, client, csv, path)

    assert [row["problem"] for row in rows] == [
        None, "unknown-person", None, "already-active", "bad-mandatory", None, "no-share",
    ]  # fmt: skip
    assert states == {people[0].id: "confirmed", people[1].id: "waitlisted", people[3].id: "confirmed"}
    assert {row["problem"] for row in again} == {"already-active", "unknown-person", "bad-mandatory", "no-share"}
    assert len(await world.enrolments(offering)) == 3


async def test_nominating_into_a_closed_window_is_refused_at_once():
    world = World()
    offering = await world.an_offering()
    world.at(offering.window_closes.replace(year=2027))

    answer = await Client(world).upload(f"/offerings/{offering.id}/nominations/imports", "employee_id,mandatory\nA,\n")

    assert slug(answer) == (409, "window-closed")


async def test_a_file_is_sent_as_csv():
    answer = await Client(World()).post("/people/imports", {"a": 1})

    assert slug(answer) == (422, "csv-content-type")
