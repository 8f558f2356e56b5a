import Foundation

/// The repository these tests were compiled from.
enum Repository {
    static let root: URL = {
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            let manifest = directory.appendingPathComponent("Package.swift").path
            if FileManager.default.fileExists(atPath: manifest) { return directory }
            directory.deleteLastPathComponent()
        }
        return directory
    }()

    /// All Swift sources, by path.
    static let swiftFiles: [SourceFile] = Self.textFiles.filter { $0.path.hasSuffix(".swift") }
        .map { SourceFile(path: $0.path, text: $0.text) }

    /// Everything a person wrote, Swift or not: `(path, text)` by path.
    static let textFiles: [(path: String, text: String)] = {
        let folders = [".ci", ".github", "Benchmarks", "Sources", "Tests", "docs", "schemas", "scripts"]
        let top = (try? FileManager.default.contentsOfDirectory(atPath: Self.root.path)) ?? []
        var paths = top.filter { $0.hasSuffix(".md") || $0 == "Makefile" || $0 == "Package.swift" }
        for folder in folders {
            let found = FileManager.default.enumerator(atPath: Self.root.appendingPathComponent(folder).path)
            for case let path as String in found ?? FileManager.DirectoryEnumerator() {
                paths.append("\(folder)/\(path)")
            }
        }
        return paths.sorted().compactMap { path in
            guard let bytes = try? Data(contentsOf: Self.root.appendingPathComponent(path)),
                let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            return (path, text)
        }
    }()
}
