import Foundation

/// Suites of the standards themselves. Their data lies beside the repository and is never copied into it.
enum ConformanceSuite: String, Sendable {
    case cesql
    case cloudEvents = "cloudevents"
    case cloudEventsJSON = "cloudevents-json"
    case jsonSchema = "json-schema-2020-12"
    case adapters
    case gitHubWebhooks = "github-webhooks"
    case webhookSignatures = "webhook-signatures"

    /// Where the suite lies, whether it does or not.
    var folder: URL {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/conformance/\(self.rawValue)")
    }

    var isPresent: Bool { FileManager.default.fileExists(atPath: self.folder.path) }

    /// The paths below the folder of all files whose names end so, sorted; none where the suite is absent.
    func paths(endingWith suffix: String) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: self.folder.path)) ?? []
        return paths.filter { $0.hasSuffix(suffix) }.sorted()
    }

    func text(at path: String) throws -> String {
        String(decoding: try Data(contentsOf: self.folder.appending(path: path)), as: UTF8.self)
    }
}
