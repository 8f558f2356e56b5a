/// A strict reader of the Prometheus text format 0.0.4: what a scraper must accept, and nothing beyond.
///
/// Stricter than a scraper in that every family needs a TYPE line before its samples, families and label sets come
/// once, and histograms have to be whole and cumulative.
struct ExpositionGrammar {
    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Failure: Error, CustomStringConvertible {
        var line: Int
        var reason: String
        var description: String { "line \(self.line): \(self.reason)" }
    }

    private(set) var types: [String: String] = [:]
    private(set) var helps: [String: String] = [:]
    private(set) var samples: [Sample] = []
    /// Families in the order of their TYPE lines.
    private(set) var order: [String] = []
    private var line = 0
    private var family = ""
    private var seen: Set<String> = []

    init(_ text: String) throws {
        guard !text.isEmpty else { return }
        guard text.utf8.last == 0x0a else { throw Failure(line: 0, reason: "does not end with a line feed") }
        // By scalars: a carriage return and a line feed are one character to Swift, but not to a scraper.
        for line in text.unicodeScalars.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            self.line += 1
            try self.read(Array(line))
        }
        try self.checkHistograms()
    }

    /// The value of the one sample with this name and these labels.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = self.samples.filter { $0.name == name && $0.labels == labels }
        return found.count == 1 ? found[0].value : nil
    }

    // MARK: - Lines

    private mutating func read(_ line: [Unicode.Scalar]) throws {
        let text = Self.text(line)
        if text.hasPrefix("# HELP ") {
            // By scalars: a text that begins with a combining mark would make one character with the space before it.
            let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                .map { Self.text(Array($0)) }
            let name = try self.checked(metric: parts[0])
            guard parts.count == 2, self.helps[name] == nil, self.types[name] == nil else {
                throw self.failure("HELP without a text, twice, or behind TYPE")
            }
            self.helps[name] = try self.unescaped(Array(parts[1].unicodeScalars), allowed: ["\\", "n"])
            self.family = name
        } else if text.hasPrefix("# TYPE ") {
            let parts = text.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, ["counter", "gauge", "histogram"].contains(String(parts[1])) else {
                throw self.failure("malformed TYPE")
            }
            let name = try self.checked(metric: String(parts[0]))
            guard self.types[name] == nil else { throw self.failure("\(name) comes twice") }
            if self.helps[name] != nil, self.family != name { throw self.failure("HELP and TYPE are apart") }
            self.types[name] = String(parts[1])
            self.family = name
            self.order.append(name)
        } else {
            try self.readSample(line)
        }
    }

    private mutating func readSample(_ line: [Unicode.Scalar]) throws {
        var index = 0
        while index < line.count, line[index] != "{", line[index] != " " { index += 1 }
        let name = try self.checked(metric: Self.text(line[..<index]))
        var labels: [String: String] = [:]
        if index < line.count, line[index] == "{" {
            index += 1
            while index < line.count, line[index] != "}" {
                let start = index
                while index < line.count, line[index] != "=" { index += 1 }
                let label = Self.text(line[start..<index])
                guard Self.isName(label, colon: false), labels[label] == nil else {
                    throw self.failure("label '\(label)' is malformed or comes twice")
                }
                guard index + 1 < line.count, line[index + 1] == "\"" else { throw self.failure("no quote") }
                index += 2
                var value: [Unicode.Scalar] = []
                while index < line.count, line[index] != "\"" {
                    if line[index] == "\\", index + 1 < line.count {
                        value.append(line[index])
                        index += 1
                    }
                    value.append(line[index])
                    index += 1
                }
                labels[label] = try self.unescaped(value, allowed: ["\\", "n", "\""])
                index += 1
                if index < line.count, line[index] == "," { index += 1 }
            }
            index += 1
        }
        guard index < line.count, line[index] == " " else { throw self.failure("no space before the value") }
        let value = try self.number(Self.text(line[(index + 1)...]))
        try self.add(Sample(name: name, labels: labels, value: value))
    }

    private mutating func add(_ sample: Sample) throws {
        let isHistogram = self.types[self.family] == "histogram"
        let allowed = isHistogram ? ["_bucket", "_sum", "_count"].map { self.family + $0 } : [self.family]
        guard self.types[self.family] != nil, allowed.contains(sample.name) else {
            throw self.failure("\(sample.name) does not belong to the family \(self.family)")
        }
        let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        guard self.seen.insert("\(sample.name){\(labels.joined(separator: ","))}").inserted else {
            throw self.failure("\(sample.name) comes twice with the same labels")
        }
        guard isHistogram || sample.labels["le"] == nil else { throw self.failure("le outside a histogram") }
        if self.types[self.family] == "counter", sample.value < 0 { throw self.failure("a negative counter") }
        self.samples.append(sample)
    }

    private func checkHistograms() throws {
        for (name, type) in self.types where type == "histogram" {
            var series: [[String: String]: [(Double, Double)]] = [:]
            for sample in self.samples where sample.name == "\(name)_bucket" {
                guard let bound = sample.labels["le"] else { throw self.failure("a bucket without le") }
                series[sample.labels.filter { $0.key != "le" }, default: []].append(
                    (try self.number(bound), sample.value))
            }
            for (labels, buckets) in series {
                let isCumulative = zip(buckets, buckets.dropFirst()).allSatisfy { $0.0 < $1.0 && $0.1 <= $1.1 }
                guard isCumulative, buckets.last?.0 == .infinity else {
                    throw self.failure("the buckets of \(name) are not cumulative up to +Inf")
                }
                guard self.value("\(name)_count", labels) == buckets.last?.1, self.value("\(name)_sum", labels) != nil
                else { throw self.failure("the count of \(name) is not that of +Inf, or there is no sum") }
            }
        }
    }

    // MARK: - Words

    private func checked(metric name: String) throws -> String {
        guard Self.isName(name, colon: true) else { throw self.failure("'\(name)' is no metric name") }
        return name
    }

    private static func isName(_ name: String, colon: Bool) -> Bool {
        guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            case ":": colon
            default: false
            }
        }
    }

    private func number(_ text: String) throws -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            let isPlain = text.unicodeScalars.allSatisfy { "0123456789+-.e".unicodeScalars.contains($0) }
            guard isPlain, let value = Double(text) else { throw self.failure("'\(text)' is no number") }
            return value
        }
    }

    private func unescaped(_ text: [Unicode.Scalar], allowed: Set<Unicode.Scalar>) throws -> String {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text {
            if isEscaped {
                guard allowed.contains(scalar) else { throw self.failure("'\\\(scalar)' is no escape here") }
                result.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        guard !isEscaped else { throw self.failure("an escape without a character") }
        return String(result)
    }

    private func failure(_ reason: String) -> Failure { Failure(line: self.line, reason: reason) }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
