import Foundation
import RouterTestKit
import SecretSealing
import Testing

struct SecretSealingTests {
    @Test func whatWasSealedIsOpenedByWhomItBelongsTo() throws {
        let ring = try SecretKeyring(SecretKeyring.makeKey())
        let sealed = try ring.seal("the secret", binding: ["a", "bc"])
        #expect(!sealed.contains("the secret"))
        #expect(try ring.open(sealed, binding: ["a", "bc"]) == "the secret")
        #expect(try ring.seal("the secret", binding: ["a", "bc"]) != sealed)
        for other in [["ab", "c"], ["a", "bc", ""], ["a"], []] {
            #expect(throws: SecretSealingError.self) { try ring.open(sealed, binding: other) }
        }
    }

    @Test func everyChangeIsSeen() throws {
        let ring = try SecretKeyring(SecretKeyring.makeKey())
        let sealed = Array(try ring.seal("s", binding: []).utf8)
        for index in sealed.indices {
            var changed = sealed
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            let opened = try? ring.open(text, binding: [])
            // The last digit of base64 has bits that mean nothing.
            #expect(opened == nil || index >= sealed.count - 2)
        }
    }

    @Test func olderKeysStillOpen() throws {
        let (old, new) = (SecretKeyring.makeKey(), SecretKeyring.makeKey())
        let sealed = try SecretKeyring(old).seal("s", binding: [])
        #expect(throws: SecretSealingError.self) { try SecretKeyring(new).open(sealed, binding: []) }
        #expect(try SecretKeyring("\(new)\n\(old)\n").open(sealed, binding: []) == "s")
        let again = try SecretKeyring("\(new),\(old)").seal("s", binding: [])
        #expect(try SecretKeyring(new).open(again, binding: []) == "s")
    }

    @Test(arguments: ["", " , ", "short", "YWJj"])
    func whatIsNoKeyIsRefusedWithoutBeingShown(_ text: String) {
        #expect { _ = try SecretKeyring(text) } throws: { error in
            !"\(error)".contains("short") && !"\(error)".contains("YWJj")
        }
    }

    @Test func aKeyFileIsMadeOnceAndForItsOwner() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "secrets.key").path
        let text = try SecretKeyFile.contents(orMake: path)
        _ = try SecretKeyring(text)
        #expect(try SecretKeyFile.contents(orMake: path) == text)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: SecretSealingError.self) { try SecretKeyFile.contents(orMake: path) }
        #expect(throws: SecretSealingError.self) {
            try SecretKeyFile.contents(orMake: directory.appending(path: "missing/secrets.key").path)
        }
    }
}
