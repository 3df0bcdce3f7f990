"""What is made once and shared by every checkout: the recipes in deploy/local/parts, turned into folders."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sangam_local.home import RECIPES, cache
from sangam_local.tools import run_tool
from sangam_local.trouble import Trouble, telling_a_full_disk

_LOOK_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class Download:
    """A folder in the cache, named after its recipe's content, so that a changed recipe makes a new one."""

    name: str
    recipe: str
    tools: Sequence[str]
    size_mb: int
    fetch: Callable[[Path], Awaitable[None]]

    def place(self) -> Path:
        digest = hashlib.sha256()
        for path in sorted((RECIPES / self.recipe).iterdir()):
            digest.update(path.read_bytes())
        return cache() / f"{self.name}-{digest.hexdigest()[:12]}"

    def missing(self) -> bool:
        return not self.place().exists()


async def make(download: Download) -> None:
    """Fetch it unless it is there. Several may try at once: one fetches, and only whole folders are ever seen."""
    with telling_a_full_disk(cache()):
        cache().mkdir(parents=True, exist_ok=True)
        async with _alone(f"{download.tools[0]}.lock"):
            if not download.missing():
                return
            for left_over in cache().glob(f".{download.name}-*"):
                shutil.rmtree(left_over)
            partial = Path(tempfile.mkdtemp(prefix=f".{download.name}-", dir=cache()))
            try:
                await download.fetch(partial)
                _show(partial, download.place())
            finally:
                shutil.rmtree(partial, ignore_errors=True)


@asynccontextmanager
async def _alone(name: str) -> AsyncIterator[None]:
    """One at a time on this machine, also between checkouts: Maven's own folder bears no two writers."""
    with (cache() / name).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_LOOK_AGAIN_S)
        yield


def _show(partial: Path, place: Path) -> None:
    partial.chmod(0o755)
    partial.rename(place)


def _lift_out_of_its_folder(folder: Path) -> None:
    (unpacked,) = folder.iterdir()
    for entry in unpacked.iterdir():
        entry.rename(folder / entry.name)
    unpacked.rmdir()


async def _maven(recipe: str, folder: Path, *goal: str) -> None:
    pom = RECIPES / recipe / "pom.xml"
    # The plugin leaves its marks beside the recipe unless told otherwise.
    into = (f"-DoutputDirectory={folder}", f"-DmarkersDirectory={folder}/.marks")
    await run_tool(("mvn", "-B", "-q", "-f", pom, *goal, *into), f"Downloading {recipe} with Maven", cwd=folder)
    shutil.rmtree(folder / ".marks", ignore_errors=True)


async def _kafka(folder: Path) -> None:
    await _maven("kafka", folder, "dependency:copy-dependencies", "-DincludeScope=runtime")


async def _zipkin(folder: Path) -> None:
    await _maven("zipkin", folder, "dependency:copy-dependencies", "-Dmdep.stripVersion=true")


async def _keycloak(folder: Path) -> None:
    await _maven("keycloak", folder, "dependency:unpack-dependencies")
    _lift_out_of_its_folder(folder)
    await run_tool((folder / "bin" / "kc.sh", "build", "--db=dev-file"), "Building Keycloak", cwd=folder)


async def _npm(recipe: str, folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(RECIPES / recipe / name, folder)
    command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    await run_tool(command, f"Downloading {recipe} with npm", cwd=folder)


async def _maildev(folder: Path) -> None:
    await _npm("maildev", folder)


async def _asyncapi(folder: Path) -> None:
    await _npm("asyncapi", folder)


async def _debian(package: str, folder: Path) -> None:
    """The programs of one package, unpacked and not installed, so that nobody has to be root."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        await _apt_download(package, Path(own))
        (archive,) = [name for name in os.listdir(own) if name.endswith(".deb")]
        await run_tool(("dpkg-deb", "-x", archive, own), f"Unpacking {package}", cwd=Path(own))
        (Path(own) / "usr" / "bin").rename(folder / "bin")


async def _apt_download(package: str, folder: Path) -> None:
    download = ("apt-get", "-q", "download", package)
    try:
        await run_tool(download, f"Downloading {package} with apt", cwd=folder)
    except Trouble:  # this machine's lists are empty or old; here are some of one's own
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        own = ("-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache")
        await run_tool(("apt-get", "-q", *own, "update"), "Reading what packages there are")
        await run_tool((*download, *own), f"Downloading {package} with apt", cwd=folder)


async def _prometheus(folder: Path) -> None:
    await _debian((RECIPES / "prometheus" / "package").read_text().strip(), folder)


KAFKA = Download("kafka", "kafka", ("mvn", "java"), 100, _kafka)
ZIPKIN = Download("zipkin", "zipkin", ("mvn", "java"), 270, _zipkin)
KEYCLOAK = Download("keycloak", "keycloak", ("mvn", "java"), 550, _keycloak)
MAILDEV = Download("maildev", "maildev", ("npm", "node"), 100, _maildev)
ASYNCAPI = Download("asyncapi", "asyncapi", ("npm", "node"), 60, _asyncapi)
PROMETHEUS = Download("prometheus", "prometheus", ("apt-get", "dpkg-deb"), 200, _prometheus)
