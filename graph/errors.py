"""Every error that graphfeed raises on purpose.

    GraphfeedError            a problem and a remedy; the command line prints both and exits with its `exit_code`
    ├── SettingsError         a setting, profile or argument that cannot be used
    ├── ServerError           the embedded server could not be set up, started or stopped
    │   └── DownloadError     its jars could not be downloaded, or differ from the lock file
    ├── DatabaseError         Neo4j refused a statement
    │   ├── DiskFull          it was not sent: the embedded server's disk has too little space to write
    │   ├── Unreachable       Neo4j does not answer
    │   │   ├── LoginRefused  Neo4j answers, but not to this user and password
    │   │   ├── Contention    other transactions hold the locks of a statement for too long
    │   │   └── Panicked      Neo4j answers, but its database stopped after an error and must be restarted
    │   ├── GdsMissing        Neo4j runs without the Graph Data Science library
    │   │   └── GdsRefused    the library is installed, but not allowed to run
    │   ├── Conflict          another transaction wrote the same id at the same time
    │   │   └── Overtaken     another transaction deleted what a statement changes, or tied something to it
    │   ├── TookTooLong       a statement took longer than its budget
    │   ├── OutOfMemory       a statement needs more memory than transactions may take
    │   └── ProjectionLost    a projection is gone from GDS, because its server was restarted
    ├── NotFound              a person, post or slate that the graph does not have
    ├── Expired               a cursor that is too old
    ├── Busy                  another process does this work now
    ├── LeakFound             what is measured knows likes that are held out
    └── LoadError             files that cannot be imported as they are
        └── UnreadFile        a file has the name of one of the format, and no reader

A malformed Cypher file is a defect, not a condition to recover from: it raises cypher.StatementFormError.
"""


class GraphfeedError(Exception):
    """A problem in one sentence, and what to do about it in another."""

    exit_code = 1
    """That of the command line."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class SettingsError(GraphfeedError):
    """A setting, profile or argument cannot be used."""


class ServerError(GraphfeedError):
    """The embedded server could not be set up, started or stopped."""


class DownloadError(ServerError):
    """The server's jars could not be downloaded, or differ from the lock file."""


class DatabaseError(GraphfeedError):
    """Neo4j refused a statement."""

    def __init__(self, problem: str, remedy: str, said: str | None = None) -> None:
        """`said`: the message of the server or the driver, for logs and the command line. It may name the locks,
        addresses and settings of the server, so no answer of the service has it."""
        super().__init__(problem, remedy)
        self.said = said

    def __str__(self) -> str:
        return super().__str__() + (f" Neo4j said: {self.said}" if self.said else "")


class DiskFull(DatabaseError):
    """The disk of the embedded server has too little space to write."""


class Unreachable(DatabaseError):
    """Neo4j does not answer."""


class LoginRefused(Unreachable):
    """Neo4j answers, but not to this user and password."""


class Contention(Unreachable):
    """Other transactions hold the locks of a statement for too long."""


class Panicked(Unreachable):
    """Neo4j answers, but its database stopped after an error and must be restarted."""


class GdsMissing(DatabaseError):
    """Neo4j runs without the Graph Data Science library."""


class GdsRefused(GdsMissing):
    """Neo4j has the Graph Data Science library, but is not allowed to run it."""


class Conflict(DatabaseError):
    """Another transaction wrote the same id at the same time."""


class Overtaken(Conflict):
    """Another transaction deleted what a statement changes, or tied something to a node that it deletes."""


class TookTooLong(DatabaseError):
    """A statement took longer than its budget."""


class OutOfMemory(DatabaseError):
    """A statement needs more memory than Neo4j's transactions may take."""


class ProjectionLost(DatabaseError):
    """A projection is gone from GDS: its server was restarted."""


class NotFound(GraphfeedError):
    """The graph does not have this person, post or slate."""


class Expired(GraphfeedError):
    """A cursor is too old."""


class Busy(GraphfeedError):
    """Another process does this work now."""


class LeakFound(GraphfeedError):
    """The evaluated graph knows held-out likes."""


class LoadError(GraphfeedError):
    """Files cannot be imported as they are."""


class UnreadFile(LoadError):
    """A file has the name of one of the format, and no reader: an import without it would lack its rows."""

    exit_code = 2


def first_line(error: Exception) -> str:
    """The first line of an error's text; its class for one without."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
