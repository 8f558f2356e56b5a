import Crypto
import Foundation
import Testing

@testable import KafkaTestKit

struct SASLExchangeTests {
    /// The example of RFC 7677.
    @Test func scramSpeaksAsTheStandardDoes() throws {
        let salt = try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ=="))
        let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        var exchange = SCRAMExchange<SHA256>(users: ["user": "pencil"], salt: Array(salt), nonce: nonce)
        #expect(
            exchange.step(Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))
                == .challenge(Array("r=rOprNGfwEbeRWgbNEkqO\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".utf8)))
        let last =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO\(nonce),p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        #expect(
            exchange.step(Array(last.utf8))
                == .accepted(Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
    }

    @Test func aWrongProofIsRefused() {
        var exchange = SCRAMExchange<SHA512>(users: ["user": "pencil"], nonce: "s")
        guard case .challenge = exchange.step(Array("n,,n=user,r=c".utf8)) else {
            Issue.record("there is no challenge")
            return
        }
        #expect(exchange.step(Array("c=biws,r=cs,p=AAAA".utf8)) == .refused)
        #expect(exchange.step(Array("c=biws,r=another,p=AAAA".utf8)) == .refused)
    }

    @Test(arguments: ["\0user\0pencil", "as\0user\0pencil"]) func plainTakesTheRightPassword(_ message: String) {
        #expect(PlainExchange(users: ["user": "pencil"]).step(Array(message.utf8)) == .accepted([]))
    }

    @Test(arguments: ["\0user\0pen", "\0nobody\0pencil", "user\0pencil", ""]) func plainRefusesAllElse(
        _ message: String
    ) {
        #expect(PlainExchange(users: ["user": "pencil"]).step(Array(message.utf8)) == .refused)
    }

    @Test func aBearersTokenIsFoundInItsMessage() {
        let exchange = BearerExchange { $0 == "a.b.c" }
        #expect(exchange.step(Array("n,,\u{1}auth=Bearer a.b.c\u{1}\u{1}".utf8)) == .accepted([]))
        #expect(exchange.step(Array("n,,\u{1}auth=Bearer a.b\u{1}\u{1}".utf8)) == .refused)
    }
}
