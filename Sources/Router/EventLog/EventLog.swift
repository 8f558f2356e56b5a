/// The one seam over Kafka and SQLite: everything the router asks of a log.
public protocol EventLog: EventLogWriter, EventLogReader, EventLogGroups, EventLogAdministration, EventLogMembership {}
