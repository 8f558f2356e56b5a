import EventLog
import Identity

/// One setting: where it is written, what it may be, what it means, and where in ``RouterConfiguration`` it goes.
///
/// ``table`` is the only list of settings. Reading, checking and `docs/configuration.md` all follow it.
struct ConfigurationKey: Sendable {
    /// What kind of value a setting takes.
    enum Form: Sendable {
        case integer(ClosedRange<Int>, any WritableKeyPath<RouterConfiguration, Int> & Sendable)
        case number(ClosedRange<Double>, any WritableKeyPath<RouterConfiguration, Double> & Sendable)
        case boolean(any WritableKeyPath<RouterConfiguration, Bool> & Sendable)
        case text(TextRule, any WritableKeyPath<RouterConfiguration, String> & Sendable)
        /// A text that is never shown, see ``isSecret``.
        case secret(any WritableKeyPath<RouterConfiguration, Secret> & Sendable)
        case choice(Choice)
        case list(ListRule)
    }

    /// What a text must look like.
    enum TextRule: Sendable {
        /// Anything, also nothing.
        case any
        /// Anything but nothing.
        case filled
        /// What may be in a topic's name, or nothing.
        case optionalTopic
        /// A part of a topic's name.
        case topic
        /// The same, and none of the router's own topics.
        case eventTopic
        /// Parts of `A-Z a-z 0-9 _ -` with `/` between them, 200 bytes at most, or nothing.
        case keyPrefix
        /// `http://…` or `https://…` without user and password, or nothing.
        case optionalURL
        /// `[A-Za-z0-9._~-]{1,64}`.
        case tenant
    }

    /// One of some words.
    struct Choice: Sendable {
        var words: [String]
        var read: @Sendable (RouterConfiguration) -> String
        /// Called with one of `words` only.
        var write: @Sendable (String, inout RouterConfiguration) -> Void
    }

    /// A list of `name=value` texts.
    struct ListRule: Sendable {
        /// How one element is written, for people.
        var elementForm: String
        var read: @Sendable (RouterConfiguration) -> [String]
        var write: @Sendable ([String], inout RouterConfiguration) throws(ConfigurationFault) -> Void
    }

    /// `["server", "listenPort"]`; one element for a key at the top.
    let path: [String]
    let form: Form
    /// One sentence for people.
    let meaning: String

    /// Whether nobody may see the value. It is a ``Secret`` from the moment it is read, and no message holds it.
    var isSecret: Bool {
        if case .secret = self.form { return true }
        return false
    }

    /// `server.listenPort`
    var name: String { self.path.joined(separator: ".") }

    /// `PORTARIUM_SERVER_LISTEN_PORT`
    var environmentName: String {
        var name = "PORTARIUM"
        for component in self.path {
            name += "_"
            var previousIsLowercase = false
            for character in component {
                if character.isUppercase, previousIsLowercase { name += "_" }
                previousIsLowercase = character.isLowercase
                name += character.uppercased()
            }
        }
        return name
    }

    /// What may be said, for people: `1 to 1024`, `true or false`, `trace, debug, …`.
    var rangeText: String {
        switch self.form {
        case .integer(let range, _) where range.upperBound == .max: "\(range.lowerBound) or more"
        case .integer(let range, _): "\(range.lowerBound) to \(range.upperBound)"
        case .number(let range, _): "\(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .text(.filled, _), .text(.any, _): "text"
        case .secret: "secret text"
        case .text(.topic, _), .text(.eventTopic, _), .text(.optionalTopic, _): "a-z A-Z 0-9 . _ -"
        case .text(.keyPrefix, _): "a-z A-Z 0-9 _ - /"
        case .text(.optionalURL, _): "URL"
        case .text(.tenant, _): "1 to 64 of a-z A-Z 0-9 . _ ~ -"
        case .choice(let choice): choice.words.joined(separator: ", ")
        case .list(let rule): "list of \(rule.elementForm)"
        }
    }

    /// How a file says the empty text.
    static let emptyText = "\"\""

    /// What holds when nobody says anything, as it would be written in the file.
    var defaultText: String {
        let defaults = RouterConfiguration()
        switch self.form {
        case .integer(_, let path): return String(defaults[keyPath: path])
        case .number(_, let path): return String(defaults[keyPath: path])
        case .boolean(let path): return String(defaults[keyPath: path])
        case .text(_, let path): return defaults[keyPath: path].isEmpty ? Self.emptyText : defaults[keyPath: path]
        case .secret: return Self.emptyText
        case .choice(let choice): return choice.read(defaults)
        case .list(let rule): return "[\(rule.read(defaults).joined(separator: ", "))]"
        }
    }

    /// Checks a value and puts it where it belongs. Nothing changes where it throws.
    func apply(_ value: ConfigurationValue, to configuration: inout RouterConfiguration) throws(ConfigurationFault) {
        switch (self.form, value) {
        case (.integer(let range, let path), .integer(let number)):
            guard range.contains(number) else {
                throw ConfigurationFault("must be \(self.rangeText), not \(number)")
            }
            configuration[keyPath: path] = number
        case (.number(let range, let path), .number(let number)):
            guard range.contains(number) else {
                throw ConfigurationFault("must be \(self.rangeText), not \(number)")
            }
            configuration[keyPath: path] = number
        case (.boolean(let path), .boolean(let flag)):
            configuration[keyPath: path] = flag
        case (.text(let rule, let path), .text(let text)):
            try Self.check(text, rule)
            configuration[keyPath: path] = text
        case (.secret(let path), .secret(let secret)):
            configuration[keyPath: path] = secret
        case (.choice(let choice), .text(let word)):
            guard choice.words.contains(word) else {
                let hint = Spelling.nearest(to: word, in: choice.words).map { "; did you mean '\($0)'?" } ?? ""
                throw ConfigurationFault("must be one of \(self.rangeText), not '\(word)'\(hint)")
            }
            choice.write(word, &configuration)
        case (.list(let rule), .list(let elements)):
            try rule.write(elements, &configuration)
        default:
            throw ConfigurationFault(self.mismatch)
        }
    }

    /// What is said where the value has another type.
    var mismatch: String {
        switch self.form {
        case .integer: "must be a whole number, \(self.rangeText)"
        case .number: "must be a number, \(self.rangeText)"
        case .boolean: "must be true or false"
        case .text, .secret: "must be a text"
        case .choice: "must be one of \(self.rangeText)"
        case .list: "must be a \(self.rangeText)"
        }
    }

    static func check(_ text: String, _ rule: TextRule) throws(ConfigurationFault) {
        switch rule {
        case .any: return
        case .optionalTopic:
            if !text.isEmpty { try self.check(text, .topic) }
        case .filled:
            guard !text.isEmpty else { throw ConfigurationFault("must not be empty") }
        case .topic:
            do { _ = try Topic(validating: text) } catch { throw ConfigurationFault(error.message) }
        case .eventTopic:
            do { _ = try Topic(validating: text) } catch { throw ConfigurationFault(error.message) }
            if let fault = TopicRoute.fault(ofTopic: text) { throw ConfigurationFault(fault) }
        case .keyPrefix:
            let isPlain = text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            }
            guard isPlain, text.utf8.count <= 200, !text.hasPrefix("/"), !text.hasSuffix("/"), !text.contains("//")
            else {
                throw ConfigurationFault("must be parts of a-z A-Z 0-9 _ - with / between them, not '\(text)'")
            }
        case .optionalURL:
            guard text.isEmpty || ExportEndpoint.isUsable(text) else {
                throw ConfigurationFault("must be http://HOST[:PORT][/PATH] or https://…, without user and password")
            }
        case .tenant:
            guard TenantReach.isTenant(text) else {
                throw ConfigurationFault("must be 1 to 64 of the characters a-z A-Z 0-9 . _ ~ -, not '\(text)'")
            }
        }
    }
}
