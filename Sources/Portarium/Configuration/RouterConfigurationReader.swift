import Configuration

/// Puts a ``RouterConfiguration`` together: the command line over the environment over the file over the defaults.
struct RouterConfigurationReader: Sendable {
    /// Settings from the command line as texts, by dotted name.
    var overrides: [String: String] = [:]
    /// The process's environment; `PORTARIUM_…` variables are read.
    var environment: [String: String]
    /// A YAML file, if there is one.
    var file: String?

    /// A configuration and what should be said about how it came to be.
    struct Reading: Sendable {
        var configuration: RouterConfiguration
        /// Variables that look like misspelt settings.
        var warnings: [String]
    }

    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` that names every fault with its file and line,
    ///   variable or option.
    func read() async throws -> Reading {
        var providers: [any ConfigProvider] = [
            Self.provider(Self.variables(self.overrides)), Self.provider(self.environment),
        ]
        if let file {
            let bytes = try FileContents.read(file, bytesMax: CheckCommand.fileBytesMax)
            let check = ConfigurationCheck(bytes)
            guard check.issues.isEmpty else {
                throw CommandFailure(
                    .usage, "the configuration file has \(check.issues.count) fault(s)",
                    details: check.issues.map { $0.text(file: file) })
            }
            // An empty file is no mapping, which the YAML provider would refuse.
            if !check.marks.isEmpty {
                let path = ConfigReader(
                    provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)]))
                providers.append(try await FileProvider<YAMLSnapshot>(config: path))
            }
        }
        // What OpenTelemetry's own variables say holds where nothing else does.
        var (common, complaints) = OpenTelemetryVariables(self.environment).settings(isTaken: Self.fault)
        // A file of headers is another source of the same, and was named on purpose.
        if ConfigReader(providers: providers).string(forKey: "tracing.headersFile") != nil {
            common["tracing.headers"] = nil
        }
        providers.append(Self.provider(Self.variables(common)))
        let configuration = try self.read(from: ConfigReader(providers: providers))
        return Reading(configuration: configuration, warnings: self.suspects() + complaints)
    }

    private func read(from reader: ConfigReader) throws -> RouterConfiguration {
        var configuration = RouterConfiguration()
        var faults: [String] = []
        for key in ConfigurationKey.table {
            do throws(ConfigurationFault) {
                guard let value = try Self.value(of: key, from: reader) else { continue }
                try key.apply(value, to: &configuration)
            } catch {
                faults.append("\(self.origin(of: key)): \(error.message)")
            }
        }
        for rule in ConfigurationRule.all where !rule.holds(configuration) { faults.append(rule.message) }
        faults += ConfigurationRule.unroutedTopics(configuration).map(\.message)
        if faults.isEmpty {
            for secret in SecretFile.all {
                do throws(ConfigurationFault) {
                    try secret.read(into: &configuration)
                    // What was judged before was empty.
                    for rule in ConfigurationRule.all where rule.keys == [secret.name] && !rule.holds(configuration) {
                        throw ConfigurationFault(rule.message)
                    }
                } catch {
                    faults.append("\(secret.name)File: \(error.message)")
                }
            }
        }
        guard faults.isEmpty else {
            throw CommandFailure(.usage, "the configuration has \(faults.count) fault(s)", details: faults)
        }
        return configuration
    }

    /// nil where no source has the setting.
    private static func value(
        of key: ConfigurationKey, from reader: ConfigReader
    ) throws(ConfigurationFault) -> ConfigurationValue? {
        let name = ConfigKey(key.path)
        if case .integer = key.form, let number = reader.int(forKey: name) { return .integer(number) }
        if case .number = key.form {
            if let number = reader.double(forKey: name) { return .number(number) }
            // YAML has 1 for 1.0.
            if let number = reader.int(forKey: name) { return .number(Double(number)) }
        }
        if case .boolean = key.form, let flag = reader.bool(forKey: name) { return .boolean(flag) }
        if case .list = key.form {
            // A variable that is there and empty means the empty list.
            return reader.stringArray(forKey: name).map { list in .list(list == [""] ? [] : list) }
        }
        guard let text = reader.string(forKey: name, isSecret: key.isSecret) else { return nil }
        switch key.form {
        case .integer:
            guard let number = try? reader.requiredInt(forKey: name) else {
                throw ConfigurationFault("\(key.mismatch), not '\(text)'")
            }
            return .integer(number)
        case .number: throw ConfigurationFault("\(key.mismatch), not '\(text)'")
        case .boolean:
            guard let flag = try? reader.requiredBool(forKey: name) else {
                throw ConfigurationFault("\(key.mismatch), not '\(text)'")
            }
            return .boolean(flag)
        case .secret: return .secret(Secret(text))
        case .text, .choice, .list: return .text(text)
        }
    }

    /// Settings in the form of variables: those of the command line are texts too, and are read by the same rules.
    private static func variables(_ settings: [String: String]) -> [String: String] {
        var variables: [String: String] = [:]
        for key in ConfigurationKey.table {
            if let text = settings[key.name] { variables[key.environmentName] = text }
        }
        return variables
    }

    /// What is wrong with a setting's text; nil where it can be taken.
    private static func fault(ofSetting name: String, _ text: String) -> String? {
        var configuration = RouterConfiguration()
        for key in ConfigurationKey.table where key.name == name {
            do throws(ConfigurationFault) {
                let reader = ConfigReader(provider: self.provider(self.variables([name: text])))
                if let value = try self.value(of: key, from: reader) { try key.apply(value, to: &configuration) }
            } catch {
                return error.message
            }
        }
        return ConfigurationRule.tracing.first { !$0.holds(configuration) }?.message
    }

    private static func provider(_ variables: [String: String]) -> some ConfigProvider {
        EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: "portarium")
    }

    private func origin(of key: ConfigurationKey) -> String {
        if self.overrides[key.name] == nil, self.environment[key.environmentName] != nil { return key.environmentName }
        return key.name
    }

    /// `PORTARIUM_…` variables that nothing reads. Those that container platforms set for a service of this name are
    /// let be.
    private func suspects() -> [String] {
        let known = Set(ConfigurationKey.table.map(\.environmentName))
            .union(["PORTARIUM_SERVER", "PORTARIUM_TENANT", "PORTARIUM_KEY", "PORTARIUM_CONFIG"])
        return self.environment.keys.sorted().compactMap { name in
            guard name.hasPrefix("PORTARIUM_"), !known.contains(name), !Self.isPlatformVariable(name) else {
                return nil
            }
            let candidates = known.filter { abs($0.count - name.count) <= 2 }.sorted()
            guard let near = Spelling.nearest(to: name, in: candidates), Spelling.isSlip(name, of: near) else {
                return "\(name) is not read: no setting has this name"
            }
            return "\(name) is not read; did you mean \(near)?"
        }
    }

    /// `…_SERVICE_HOST`, `…_SERVICE_PORT…`, `…_PORT` and `…_PORT_8080_TCP…`, as for every service of a cluster.
    private static func isPlatformVariable(_ name: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        return name.hasSuffix("_PORT") || name.contains("_TCP") || name.contains("_UDP")
    }
}
