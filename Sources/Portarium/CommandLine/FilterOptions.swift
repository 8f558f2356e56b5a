import ArgumentParser

/// Filters of the CloudEvents Subscriptions API as options; all of them must hold.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("filter-sql"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only events for which this CloudEvents SQL expression is true. May be repeated.", valueName: "sql"))
    var sql: [String] = []

    @Option(
        help: ArgumentHelp("Only events whose attribute is exactly this. May be repeated.", valueName: "name=value"))
    var exact: [NameValue] = []

    @Option(
        help: ArgumentHelp("Only events whose attribute starts with this. May be repeated.", valueName: "name=value"))
    var prefix: [NameValue] = []

    @Option(help: ArgumentHelp("Only events whose attribute ends with this. May be repeated.", valueName: "name=value"))
    var suffix: [NameValue] = []

    /// The `filters` member; empty where there are none.
    var filters: [JSONValue] {
        var filters: [JSONValue] = []
        for (dialect, pairs) in [("exact", self.exact), ("prefix", self.prefix), ("suffix", self.suffix)] {
            filters += pairs.map { .object([dialect: .object([$0.name: .string($0.value)])]) }
        }
        return filters + self.sql.map { .object(["sql": .string($0)]) }
    }
}
