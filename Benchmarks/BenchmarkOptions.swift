/// What the command line asks for.
struct BenchmarkOptions {
    /// A command line that makes no sense.
    struct Misuse: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// One binary plays all parts, so that what is compared runs alike: in a process of its own.
    enum Role: Equatable {
        case measure
        case help
        case serveBare(port: Int)
        case postLoop(PostLoop)
        case countAllocations(AllocationCount)
    }

    static let usage = """
        usage: portarium-bench [--kafka] [--quick] [--only NAME]… [--output FILE]
          --kafka        the benchmarks on Kafka, which need what scripts/test-services.sh bench installs
          --quick        short rounds: a smoke test of the benchmarks, no figures to quote
          --only NAME    only the benchmarks whose name starts with NAME
          --output FILE  where the results go as JSON (default .build/bench.json)
        The release binary `portarium` is taken from beside this one, or from PORTARIUM_BINARY.
        """

    var role = Role.measure
    var isQuick = false
    /// The benchmarks on Kafka instead of those on the embedded log.
    var isOnKafka = false
    var only: [String] = []
    var output = ".build/bench.json"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else { throw Misuse("\(option) needs a value") }
            return value
        }
        func number(of option: String) throws -> Int {
            guard let number = Int(try value(of: option)), number > 0 else { throw Misuse("\(option) needs a number") }
            return number
        }
        while let option = rest.popFirst() {
            switch option {
            case "--quick": self.isQuick = true
            case "--kafka": self.isOnKafka = true
            case "--only": self.only.append(try value(of: option))
            case "--output": self.output = try value(of: option)
            case "--help", "-h": self.role = .help
            case "--serve-bare": self.role = .serveBare(port: try number(of: option))
            case "--post-loop":
                self.role = .postLoop(
                    PostLoop(
                        port: try number(of: option), concurrency: try number(of: option),
                        requests: try number(of: option), dataBytes: try number(of: option)))
            case "--count-allocations":
                self.role = .countAllocations(
                    AllocationCount(brokers: try value(of: option), maxRecords: try number(of: option)))
            default: throw Misuse("\(option) is not known")
            }
        }
    }

    func isChosen(_ name: String) -> Bool {
        self.only.isEmpty || self.only.contains { name.hasPrefix($0) }
    }
}
