import Foundation
import ProcessKit

/// What `scripts/test-services.sh` made: `.build/services` of the repository this was compiled from.
package enum ServiceFiles {
    /// The repository itself.
    package static let repository: URL = {
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            let manifest = directory.appendingPathComponent("Package.swift").path
            if FileManager.default.fileExists(atPath: manifest) { return directory }
            directory.deleteLastPathComponent()
        }
        return directory
    }()

    package static let directory = Self.repository.appendingPathComponent(".build/services")

    /// The Python that has the packages of `scripts/requirements-*.txt`.
    package static let python = Self.directory.appendingPathComponent("venv/bin/python")

    /// One of the small programs in `Tests/KafkaPrograms`.
    package static func script(_ name: String) -> URL {
        Self.repository.appendingPathComponent("Tests/KafkaPrograms/\(name)")
    }

    /// Whether the script went through here, or had to: then whatever is missing is a failure and no reason to skip.
    package static var areInstalled: Bool {
        ProcessInfo.processInfo.environment["PORTARIUM_REQUIRE_SERVICES"] == "1"
            || FileManager.default.fileExists(atPath: Self.directory.appendingPathComponent("test.stamp").path)
    }

    /// A program by its name.
    /// - Throws: ``ChildProcess/Failure`` where it is not installed.
    package static func program(_ name: String) throws -> URL {
        let file = Self.directory.appendingPathComponent("bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw ChildProcess.Failure("no \(name) in \(Self.directory.path); scripts/test-services.sh installs it")
        }
        return file
    }
}
