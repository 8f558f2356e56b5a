import Foundation

/// What is going on, for those who wait; on standard error, so that the table stays clean.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
