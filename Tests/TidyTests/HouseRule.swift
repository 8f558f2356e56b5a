/// The rules of CONTRIBUTING.md that a program can check in Swift sources.
enum HouseRule: String, CaseIterable, Sendable {
    case fileLength
    case functionLength
    case lineLength
    case typePerFile
    case typeName
    case structuredConcurrency
    case bannedCall
    case bannedMark
    case forceUnwrap
    case uncheckedSendable
    case documentation
    case arrow

    static let fileLinesMax = 400
    static let testFileLinesMax = 600
    static let functionLinesMax = 60
    static let columnsMax = 120

    /// Every place of the file that breaks this rule.
    func violations(in file: SourceFile) -> [Violation] {
        switch self {
        case .fileLength: Self.fileLength(file)
        case .functionLength: Self.functionLength(file)
        case .lineLength: Self.lineLength(file)
        case .typePerFile: Self.typePerFile(file)
        case .typeName: Self.typeName(file)
        case .structuredConcurrency: Self.structuredConcurrency(file)
        case .bannedCall: Self.bannedCall(file)
        case .bannedMark: Self.bannedMark(file)
        case .forceUnwrap: Self.forceUnwrap(file)
        case .uncheckedSendable: Self.uncheckedSendable(file)
        case .documentation: Self.documentation(file)
        case .arrow: Self.arrow(file)
        }
    }
}
