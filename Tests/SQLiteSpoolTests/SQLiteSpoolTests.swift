import EventLog
import Foundation
import GRDB
import NIOCore
import RouterTestKit
import SQLiteSpool
import Testing
import Webhooks

struct SQLiteSpoolTests {
    private static func bytes(_ number: Int64) -> ByteBuffer {
        ByteBuffer(string: "delivery \(number) " + String(repeating: "x", count: 3_000))
    }

    private static func content(
        _ store: SQLiteSpoolStore
    ) throws -> (deliveries: [(number: Int64, bytes: ByteBuffer)], content: SpoolContent) {
        var deliveries: [(number: Int64, bytes: ByteBuffer)] = []
        let content = try store.load { deliveries.append(($0, $1)) }
        return (deliveries, content)
    }

    /// Changes the file behind the store's back.
    private static func tamper(_ directory: String, _ sql: String) throws {
        let database = try DatabaseQueue(path: directory + "/spool.db")
        try database.write { try $0.execute(sql: sql) }
        try database.close()
    }

    @Test func whatWasAppendedIsThereAfterItWasOpenedAgainInOrder() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in Int64(1)...200 {
                    group.addTask { try await store.append(number, Self.bytes(number)) }
                }
                try await group.waitForAll()
            }
            try await store.remove([3, 5, 999])
            #expect(try await store.read([4, 5]) == [4: Self.bytes(4)])
            await store.close()
            await #expect(throws: EventLogError.self) { try await store.append(300, Self.bytes(1)) }
            let again = try SQLiteSpoolStore(directory: directory)
            let found = try Self.content(again).deliveries
            #expect(found.map(\.number) == (1...200).filter { $0 != 3 && $0 != 5 })
            #expect(found.allSatisfy { $0.bytes == Self.bytes($0.number) })
            await again.close()
        }
    }

    @Test func oneProcessHasIt() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            #expect(throws: EventLogError.self) { try SQLiteSpoolStore(directory: directory) }
            #expect(try Self.content(store).deliveries.isEmpty)
        }
    }

    @Test func whatIsEmptyGivesTheDiskBack() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            for number in Int64(1)...300 { try await store.append(number, Self.bytes(number)) }
            try await store.remove(Array(1...300))
            await store.close()
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/spool.db")
            #expect((attributes[.size] as? NSNumber)?.intValue ?? .max < 100_000)
        }
    }

    @Test func aDamagedDeliveryIsSetAsideAndCounted() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            for number in Int64(1)...5 { try await store.append(number, Self.bytes(number)) }
            await store.close()
            try Self.tamper(directory, "UPDATE delivery SET bytes = zeroblob(10) WHERE number = 3")
            let again = try SQLiteSpoolStore(directory: directory)
            let (deliveries, content) = try Self.content(again)
            #expect(deliveries.map(\.number) == [1, 2, 4, 5])
            #expect(content.damaged == 1)
            #expect(content.setAside == 1)
            #expect(content.setAsideBytes == 10)
            try await again.setAside(4, reason: "the log does not take it")
            await again.close()
            let last = try SQLiteSpoolStore(directory: directory)
            #expect(try Self.content(last).content.setAside == 2)
            #expect(try Self.content(last).deliveries.map(\.number) == [1, 2, 5])
            await last.close()
        }
    }

    @Test func ofADamagedFileIsTakenOverWhatCanBeRead() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            for number in Int64(1)...200 { try await store.append(number, Self.bytes(number)) }
            await store.close()
            let path = directory + "/spool.db"
            var file = try Data(contentsOf: URL(fileURLWithPath: path))
            // Pages in the middle, which hold deliveries.
            for index in (file.count / 2)..<(file.count / 2 + 20_000) { file[index] = 0xff }
            try file.write(to: URL(fileURLWithPath: path))
            let again = try SQLiteSpoolStore(directory: directory)
            let (deliveries, content) = try Self.content(again)
            #expect(content.damage?.contains("spool.db.damaged-") == true)
            #expect(deliveries.count > 150)
            #expect(deliveries.allSatisfy { $0.bytes == Self.bytes($0.number) })
            try await again.append(500, Self.bytes(500))
            await again.close()
        }
    }

    @Test func aFileThatIsNoneIsPutAside() async throws {
        try await withDirectory { directory in
            let path = directory + "/spool.db"
            try Data(repeating: 0x41, count: 50_000).write(to: URL(fileURLWithPath: path))
            let store = try SQLiteSpoolStore(directory: directory)
            #expect(try Self.content(store).content.damage != nil)
            try await store.append(1, Self.bytes(1))
            await store.close()
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(names.contains { $0.hasPrefix("spool.db.damaged-") })
        }
    }

    /// A crash after the damaged file went aside, before the new one took its place.
    @Test func aRescueThatWasNotFinishedIs() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            for number in Int64(1)...5 { try await store.append(number, Self.bytes(number)) }
            await store.close()
            let files = FileManager.default
            try files.moveItem(atPath: directory + "/spool.db", toPath: directory + "/spool.db.new")
            try Data(repeating: 0x41, count: 5_000).write(to: URL(fileURLWithPath: directory + "/spool.db-wal"))
            let again = try SQLiteSpoolStore(directory: directory)
            #expect(try Self.content(again).deliveries.map(\.number) == [1, 2, 3, 4, 5])
            await again.close()
            #expect(!files.fileExists(atPath: directory + "/spool.db.new"))
        }
    }

    /// A crash before that: the file that is there counts.
    @Test func aNewFileThatWasNotFinishedIsDropped() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            try await store.append(1, Self.bytes(1))
            await store.close()
            try Data("half".utf8).write(to: URL(fileURLWithPath: directory + "/spool.db.new"))
            let again = try SQLiteSpoolStore(directory: directory)
            #expect(try Self.content(again).deliveries.map(\.number) == [1])
            await again.close()
            #expect(!FileManager.default.fileExists(atPath: directory + "/spool.db.new"))
        }
    }

    @Test func aFullDiskIsSaidAndPasses() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory, pagesMax: 20)
            var last: Int64 = 0
            let error = await #expect(throws: EventLogError.self) {
                for number in Int64(1)...100 {
                    try await store.append(number, Self.bytes(number))
                    last = number
                }
            }
            #expect(error?.code == .full)
            try await store.remove(Array(1...last))
            try await store.append(last + 1, Self.bytes(last + 1))
            #expect(try Self.content(store).deliveries.map(\.number) == [last + 1])
            await store.close()
        }
    }
}
