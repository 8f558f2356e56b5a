import Foundation
import FuzzKit

/// Where libFuzzer comes in. `scripts/fuzz.sh` compiles this file; it is part of no package target, for its main
/// function is libFuzzer's.
enum FuzzEntry {
    /// What `FUZZ_TARGET` names.
    static let target: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            FileHandle.standardError.write(Data("FUZZ_TARGET names none of \(names)\n".utf8))
            exit(2)
        }
        return target
    }()

    /// Writes good inputs to `FUZZ_SEEDS`, and the pieces of the grammar to `FUZZ_DICTIONARY`.
    static func prepare() throws {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["FUZZ_SEEDS"] {
            for (index, seed) in self.target.seeds.enumerated() {
                try Data(seed).write(to: URL(fileURLWithPath: folder).appending(path: "seed-\(index)"))
            }
        }
        if let path = environment["FUZZ_DICTIONARY"] {
            let lines = self.target.tokens.map { token in
                "\"" + token.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\"\n"
            }
            try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
        }
    }
}

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer
) -> CInt {
    do {
        try FuzzEntry.prepare()
        return 0
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(2)
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if case .violated(let what) = FuzzEntry.target.outcome(of: bytes) {
        fatalError("\(FuzzEntry.target): \(what)")
    }
    return 0
}
