"""Every error that graphfeed raises on purpose.

    GraphfeedError            has a problem and a remedy; the command line prints both and exits with 1
    ├── SettingsError         a setting, profile or argument that cannot be used
    ├── ServerError           the embedded server could not be set up, started or stopped
    │   └── DownloadError     its jars could not be fetched, or are not what the lock file names
    ├── DatabaseError         Neo4j refused a statement
    │   ├── Unreachable       Neo4j does not answer
    │   │   └── LoginRefused  Neo4j answers, but not to this user and password
    │   ├── GdsMissing        Neo4j runs without the Graph Data Science library
    │   │   └── GdsRefused    the library is there, but was never allowed to run
    │   ├── Conflict          another wrote the same id at the same moment
    │   ├── TookTooLong       a statement took longer than its budget
    │   ├── OutOfMemory       a statement needs more memory than transactions may take
    │   └── ProjectionLost    GDS does not hold a projection that we made, for its server was started again
    ├── NotFound              a person, post or slate that the graph does not hold
    ├── Expired               a cursor that was good once
    ├── Busy                  another does this work now
    └── LoadError             files that cannot be imported as they are

A Cypher file of our own in a wrong form is a defect, no condition to recover from: cypher.StatementFormError.
"""


class GraphfeedError(Exception):
    """A problem in one sentence, and what to do about it in another."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class SettingsError(GraphfeedError):
    """A setting, profile or argument cannot be used."""


class ServerError(GraphfeedError):
    """The embedded server could not be set up, started or stopped."""


class DownloadError(ServerError):
    """The server's jars could not be fetched, or are not what the lock file names."""


class DatabaseError(GraphfeedError):
    """Neo4j refused a statement."""


class Unreachable(DatabaseError):
    """Neo4j does not answer."""


class LoginRefused(Unreachable):
    """Neo4j answers, but not to this user and password."""


class GdsMissing(DatabaseError):
    """Neo4j runs without the Graph Data Science library."""


class GdsRefused(GdsMissing):
    """Neo4j has the Graph Data Science library, and was never allowed to run it."""


class Conflict(DatabaseError):
    """Another wrote the same id at the same moment."""


class TookTooLong(DatabaseError):
    """A statement took longer than its budget."""


class OutOfMemory(DatabaseError):
    """A statement needs more memory than Neo4j's transactions may take."""


class ProjectionLost(DatabaseError):
    """GDS does not hold a projection that we made: its server was started again."""


class NotFound(GraphfeedError):
    """The graph does not hold this person, post or slate."""


class Expired(GraphfeedError):
    """A cursor that was good once."""


class Busy(GraphfeedError):
    """Another does this work now."""


class LoadError(GraphfeedError):
    """Files cannot be imported as they are."""
