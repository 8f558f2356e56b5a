import Foundation
import Testing

/// The house rules of CONTRIBUTING.md, held against the repository itself.
struct HouseTests {
    @Test(arguments: HouseRule.allCases) func everySourceKeepsTheRule(_ rule: HouseRule) {
        for violation in Repository.swiftFiles.flatMap({ rule.violations(in: $0) }) {
            guard !Exceptions.all.contains(where: { $0.excuses(violation) }) else { continue }
            Issue.record("\(violation)")
        }
    }

    @Test func everyExceptionIsStillNeeded() {
        for exception in Exceptions.all {
            let isNeeded = Repository.swiftFiles.filter { $0.path == exception.path }
                .flatMap { exception.rule.violations(in: $0) }.contains { exception.excuses($0) }
            #expect(isNeeded, "remove the exception \(exception.rule) \(exception.path) \(exception.symbol)")
        }
    }

    @Test func exceptionsOnlyBecomeFewer() {
        #expect(Exceptions.all.count <= Exceptions.countMax, "mend the source instead of adding an exception")
        #expect(Exceptions.all.count >= Exceptions.countMax, "lower Exceptions.countMax to \(Exceptions.all.count)")
    }

    @Test func theRepositoryWasFound() {
        #expect(Repository.swiftFiles.contains { $0.path == "Sources/Router/CloudEvents/CloudEvent.swift" })
        #expect(Repository.swiftFiles.contains { $0.path == "Tests/TidyTests/HouseTests.swift" })
        #expect(Repository.textFiles.contains { $0.path == "Makefile" })
    }

    @Test func noTextLeavesWorkForLater() {
        for file in Repository.textFiles where !file.path.hasSuffix(".swift") {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let mark = Marks.all.first { !String(line).words(named: $0).isEmpty }
                #expect(mark == nil, "\(file.path):\(number + 1)")
            }
        }
    }

    /// A path of somebody's machine works nowhere else.
    @Test func noFileNamesAPlaceOnThisMachine() {
        let homes = ["home", "Users", "root"].map { "/\($0)/" }
        let places = homes + [Repository.root.path + "/", FileManager.default.homeDirectoryForCurrentUser.path + "/"]
        for file in Repository.textFiles {
            for place in places where place != "//" {
                #expect(!file.text.contains(place), "\(file.path) names \(place)")
            }
        }
    }
}
