"""Apache Kafka in KRaft mode: one broker or three, each a controller as well."""

import base64
import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from sangam_local import downloads
from sangam_local.part import Part, Place
from sangam_local.parts import java
from sangam_local.ports import HOST
from sangam_local.probe import listens
from sangam_local.tools import run_tool

CLUSTER_ID = base64.urlsafe_b64encode(uuid.UUID("5a6e6761-6d00-4000-8000-6c6f63616c00").bytes).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Node:
    """`port_names` are those of the listeners for clients and for controllers."""

    id: int
    name: str
    port_names: tuple[str, str]
    port: int
    controller_port: int


def parts(place: Place) -> Iterator[Part]:
    cluster = nodes(place)
    for node in cluster:
        yield broker(place, node, cluster)


def nodes(place: Place) -> Sequence[Node]:
    found = []
    for id, name in enumerate(place.scale.broker_names(), start=1):
        clients = "kafka" if id == 1 else f"kafka_{id}"
        port_names = (clients, f"{clients}_controller")
        found.append(Node(id, name, port_names, *map(place.ports.of, port_names)))
    return found


def brokers(place: Place) -> str:
    """Where clients begin: all of them, with commas between."""
    return ",".join(f"{HOST}:{node.port}" for node in nodes(place))


def broker(place: Place, node: Node, cluster: Sequence[Node]) -> Part:
    name = node.name
    data = place.home.data / name
    properties = place.home.run / f"{name}.properties"
    logging_file = place.home.run / "kafka-log4j2.properties"

    async def prepare() -> None:
        properties.write_text(server_properties(node, cluster, data))
        logging_file.write_text(_LOGGING)
        if not (data / "meta.properties").exists():
            format_storage = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties)
            await run_tool(java.command(128, *_main(logging_file), *format_storage), "Formatting Kafka's storage")

    return Part(
        name=name,
        title="Apache Kafka" if len(cluster) == 1 else f"Apache Kafka, broker {node.id}",
        command=java.command(384 if len(cluster) == 1 else 256, *_main(logging_file), "kafka.Kafka", properties),
        ports=node.port_names,
        tools=("java",),
        downloads=(downloads.KAFKA,),
        prepare=prepare,
        ready=lambda: _serves(node),
        # Of several that stop at once the last find no controller to take leave of; a killed one loses nothing.
        stop_within_s=15 if len(cluster) == 1 else 5,
    )


def server_properties(node: Node, cluster: Sequence[Node], data: Path) -> str:
    voters = ",".join(f"{other.id}@{HOST}:{other.controller_port}" for other in cluster)
    replicas = len(cluster)
    # A killed broker may return only when its old session has lapsed: the short one is a quick return.
    return f"""process.roles=broker,controller
node.id={node.id}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{HOST}:{node.port},CONTROLLER://{HOST}:{node.controller_port}
advertised.listeners=PLAINTEXT://{HOST}:{node.port}
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor={replicas}
min.insync.replicas={max(1, replicas - 1)}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=6
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={max(1, replicas - 1)}
transaction.state.log.num.partitions=3
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=1000
broker.session.timeout.ms=4000
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=16777216
"""


def _main(logging_file: Path) -> Sequence[str | Path]:
    jars = downloads.KAFKA.place()
    return (f"-Dlog4j2.configurationFile={logging_file}", "-Djava.awt.headless=true", "-cp", f"{jars}/*")


async def _serves(node: Node) -> bool:
    """A broker that knows itself in its own metadata; an open port comes seconds earlier."""
    if not await listens(node.port):
        return False
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    client = AIOKafkaClient(bootstrap_servers=f"{HOST}:{node.port}", request_timeout_ms=2_000)
    try:
        await client.bootstrap()
        return node.id in {known.nodeId for known in client.cluster.brokers()}
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


_LOGGING = """rootLogger.level=WARN
rootLogger.appenderRefs=stdout
rootLogger.appenderRef.stdout.ref=STDOUT
appender.stdout.type=Console
appender.stdout.name=STDOUT
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{ISO8601} %p %c %m%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
"""
