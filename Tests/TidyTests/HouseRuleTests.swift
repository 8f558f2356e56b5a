import Testing

/// Each rule finds what it is there to find, and leaves alone what it should.
struct HouseRuleTests {
    private func symbols(_ rule: HouseRule, _ text: String, path: String = "Sources/Router/Room/File.swift") -> [Int?] {
        rule.violations(in: SourceFile(path: path, text: text)).map(\.line)
    }

    @Test func filesHaveALengthMax() {
        let text = String(repeating: "let a = 1\n", count: HouseRule.fileLinesMax)
        #expect(self.symbols(.fileLength, text).isEmpty)
        #expect(self.symbols(.fileLength, text + "\n").count == 1)
        #expect(self.symbols(.fileLength, text + "\n", path: "Tests/A/B.swift").isEmpty)
    }

    @Test func functionsFitAScreen() {
        func function(lines: Int) -> String {
            "func a() {\n" + String(repeating: "    b()\n", count: lines - 2) + "}\n"
        }
        #expect(self.symbols(.functionLength, function(lines: HouseRule.functionLinesMax)).isEmpty)
        #expect(self.symbols(.functionLength, function(lines: HouseRule.functionLinesMax + 1)) == [0])
    }

    @Test func linesHaveAColumnMax() {
        let line = String(repeating: "a", count: HouseRule.columnsMax)
        #expect(self.symbols(.lineLength, line).isEmpty)
        #expect(self.symbols(.lineLength, "\n" + line + "b") == [1])
    }

    @Test func aFileHasOnePublicTypeAndItsName() {
        #expect(
            self.symbols(.typePerFile, "public struct File {\n    public enum Inner {}\n}\nstruct Other {}\n").isEmpty)
        #expect(self.symbols(.typePerFile, "public struct File {}\npublic enum Other {}\n") == [1])
        #expect(self.symbols(.typePerFile, "public struct Other {}\n") == [nil])
        #expect(self.symbols(.typePerFile, "extension Other {}\n") == [nil])
        let concern = "Sources/Router/Room/Other+Text.swift"
        #expect(self.symbols(.typePerFile, "extension Other {}\n", path: concern).isEmpty)
        #expect(self.symbols(.typePerFile, "extension Text {\n    init(_ other: Other) {}\n}\n", path: concern).isEmpty)
        #expect(self.symbols(.typePerFile, "struct A {}\n", path: "Tests/A/B.swift").isEmpty)
    }

    @Test(arguments: ["EventManager", "StringHelpers", "Utils"]) func emptyNamesAreRefused(_ name: String) {
        #expect(self.symbols(.typeName, "struct \(name) {}\n") == [0])
        #expect(self.symbols(.typeName, "", path: "Sources/Room/\(name)/A.swift") == [nil])
        #expect(self.symbols(.typeName, "let files = FileManager.default\n").isEmpty)
    }

    @Test(arguments: ["Task {", "Task.detached {", "Task(priority: .high) {", "Task<Void, Never> {", "_ = Task{"])
    func tasksWithoutAnOwnerAreRefused(_ code: String) {
        #expect(self.symbols(.structuredConcurrency, code) == [0])
        #expect(self.symbols(.structuredConcurrency, code, path: "Tests/A/B.swift").isEmpty)
    }

    @Test(arguments: ["try await Task.sleep(for: a)", "withTaskGroup(of: A.self) {", "// Task {", "Task.isCancelled"])
    func structuredTasksAreWelcome(_ code: String) {
        #expect(self.symbols(.structuredConcurrency, code).isEmpty)
    }

    @Test(arguments: ["try! a()", "a as! B", "fatalError(\"a\")", "nonisolated(unsafe) var a = 1", "print(a)"])
    func callsThatCrashOrChatterAreRefused(_ code: String) {
        #expect(self.symbols(.bannedCall, code) == [0])
        #expect(self.symbols(.bannedCall, "\"\(code)\"").isEmpty)
    }

    @Test func theCommandLineMayPrint() {
        #expect(self.symbols(.bannedCall, "print(a)", path: "Sources/Portarium/A.swift").isEmpty)
        #expect(self.symbols(.bannedCall, "blueprint(a); self.printer.print(a)").isEmpty)
    }

    @Test(arguments: Marks.all) func marksOfUnfinishedWorkAreRefused(_ mark: String) {
        #expect(self.symbols(.bannedMark, "let a = 1\n// \(mark): later\n") == [1])
        #expect(self.symbols(.bannedMark, "// \(mark)S_\n").isEmpty)
    }

    @Test(arguments: ["a!.b", "f()!", "a[0]!", "var a: B!", "a! + b"]) func forcedUnwrapsAreRefused(_ code: String) {
        #expect(self.symbols(.forceUnwrap, code) == [0])
    }

    @Test(arguments: ["a != b", "!a", "(!a)", "[!a]", "\"a!\"", "// a!"]) func negationIsNoUnwrap(_ code: String) {
        #expect(self.symbols(.forceUnwrap, code).isEmpty)
    }

    @Test func uncheckedSendableSaysWhatProtectsIt() {
        let bare = "final class A: @unchecked Sendable {\n}\n"
        #expect(self.symbols(.uncheckedSendable, bare) == [0])
        #expect(self.symbols(.uncheckedSendable, "// The lock guards all of it.\n" + bare).isEmpty)
        #expect(self.symbols(.uncheckedSendable, "/// The lock.\n@usableFromInline\n" + bare).isEmpty)
        #expect(self.symbols(.uncheckedSendable, "// Far away.\n\n" + bare) == [2])
    }

    @Test func publicSymbolsAreDocumented() {
        #expect(self.symbols(.documentation, "public func a() {}\n") == [0])
        #expect(self.symbols(.documentation, "/// Does a.\n@inlinable\npublic func a() {}\n").isEmpty)
        #expect(self.symbols(.documentation, "// Not for readers.\npublic var a: Int\n") == [1])
        #expect(self.symbols(.documentation, "func a() {}\n").isEmpty)
        #expect(self.symbols(.documentation, "public func a() {}\n", path: "Sources/Portarium/A.swift").isEmpty)
    }

    @Test func aPlainInitializerNeedsNoDocumentation() {
        #expect(self.symbols(.documentation, "public init(\n    a: Int\n) {\n    self.a = a\n}\n").isEmpty)
        #expect(self.symbols(.documentation, "public init() {}\n").isEmpty)
        #expect(self.symbols(.documentation, "public init(a: Int) throws {\n    try a.check()\n}\n") == [0])
        #expect(self.symbols(.documentation, "public static func == (lhs: A, rhs: A) -> Bool { true }\n").isEmpty)
    }

    @Test func aMemberOfADocumentedTypeMaySpeakForItself() {
        let members = "    public var a: Int\n    public var b: Int { 1 }\n    public var sizeMax: Int\n    case c\n}\n"
        #expect(self.symbols(.documentation, "/// Has parts.\npublic enum D {\n" + members) == [3, 4])
        #expect(self.symbols(.documentation, "public enum D {\n" + members) == [0, 1, 2, 3, 4])
    }

    @Test func pureRoomsImportWhatIsPure() {
        let path = "Sources/Router/Subscriptions/A.swift"
        #expect(self.symbols(.arrow, "import CloudEvents\nimport NIOCore\n", path: path).isEmpty)
        #expect(self.symbols(.arrow, "import Foundation\n", path: path) == [0])
        #expect(self.symbols(.arrow, "@preconcurrency import struct Logging.Logger\n", path: path) == [0])
        #expect(self.symbols(.arrow, "import Foundation\n", path: "Sources/Router/Ingress/A.swift").isEmpty)
    }
}
