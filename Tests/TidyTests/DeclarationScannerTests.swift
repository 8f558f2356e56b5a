import Testing

struct DeclarationScannerTests {
    private func declarations(_ text: String) -> [Declaration] {
        SourceFile(path: "Sources/Room/File.swift", text: text).declarations
    }

    @Test func aFunctionReachesFromItsSignatureToItsClosingBrace() {
        let found = self.declarations(
            """
            public struct Lane {
                @inlinable
                public mutating func settle(
                    _ offset: Int, then: () -> Void = { }
                ) -> Int {
                    if offset > 0 { then() }
                    return offset
                }
            }
            """)
        #expect(found.map(\.name) == ["Lane", "settle"])
        #expect(found.last?.parents == ["Lane"])
        #expect(found.last?.firstLine == 2)
        #expect(found.last?.lineCount == 6)
        #expect(found.last?.isPublic == true)
        #expect(found.first?.lineCount == 9)
    }

    @Test func whatAFunctionDeclaresInsideIsNotSeen() {
        let found = self.declarations("func a() {\n    let b = 1\n    func c() {}\n    struct D {}\n}\nlet e = 2\n")
        #expect(found.map(\.name) == ["a", "e"])
    }

    @Test func casesAndRequirementsArePublicWithTheirType() {
        let found = self.declarations(
            """
            public enum A {
                case one(Int)
                enum B {
                    case two
                }
            }
            public protocol C {
                func ask() -> Int
                var name: String { get }
            }
            enum D {
                case three
            }
            """)
        let names = found.filter(\.isPublic).map(\.name)
        #expect(names == ["A", "one", "C", "ask", "name"])
    }

    @Test func aCaseOfASwitchIsNoDeclaration() {
        let found = self.declarations(
            "var a: Int {\n    switch self {\n    case .one: 1\n    case let two: 2\n    }\n}\n")
        #expect(found.map(\.kind) == ["var"])
        #expect(found.first?.isFunction == true)
    }

    @Test func modifiersAttributesAndGenericsAreSkipped() {
        let found = self.declarations(
            """
            @available(*, deprecated) public private(set) static var count: Int = 0
            class func make<T>(_ value: T) {}
            extension Outer.Inner: Sendable {}
            public static func < (lhs: Self, rhs: Self) -> Bool { true }
            public init?(text: String) {}
            """)
        #expect(found.map(\.name) == ["count", "make", "Outer.Inner", "<", "init"])
        #expect(found.map(\.isStatic) == [true, true, false, true, false])
        #expect(found.map(\.isPublic) == [true, false, false, true, true])
    }

    @Test func aWordThatOnlyStartsLikeAKeywordIsNone() {
        #expect(self.declarations("letter = 1\nvariable.call()\ninit_ = 3\n").isEmpty)
    }
}
