/// A property of characters that `\p{…}` names (ECMA-262, section 22.2.1): a general category, or one of the binary
/// properties that the Unicode tables of the language have. Scripts are not among them.
enum CharacterProperty: Sendable {
    case any
    case ascii
    case categories([Unicode.GeneralCategory])
    case binary(@Sendable (Unicode.Scalar.Properties) -> Bool)

    /// - Parameter name: `L`, `Letter`, `gc=L`, `General_Category=Letter`, `Alphabetic` …; nil where it is not known.
    init?(_ name: String) {
        let parts = name.split(separator: "=", omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard parts[0] == "gc" || parts[0] == "General_Category",
                let categories = Self.categories[String(parts[1])]
            else { return nil }
            self = .categories(categories)
        } else if let categories = Self.categories[name] {
            self = .categories(categories)
        } else if let binary = Self.binaries[name] {
            self = .binary(binary)
        } else if name == "Any" {
            self = .any
        } else if name == "ASCII" {
            self = .ascii
        } else {
            return nil
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .any: true
        case .ascii: scalar.isASCII
        case .categories(let categories): categories.contains(scalar.properties.generalCategory)
        case .binary(let holds): holds(scalar.properties)
        }
    }

    private static let single: [(names: [String], category: Unicode.GeneralCategory)] = [
        (["Lu", "Uppercase_Letter"], .uppercaseLetter), (["Ll", "Lowercase_Letter"], .lowercaseLetter),
        (["Lt", "Titlecase_Letter"], .titlecaseLetter), (["Lm", "Modifier_Letter"], .modifierLetter),
        (["Lo", "Other_Letter"], .otherLetter), (["Mn", "Nonspacing_Mark"], .nonspacingMark),
        (["Mc", "Spacing_Mark"], .spacingMark), (["Me", "Enclosing_Mark"], .enclosingMark),
        (["Nd", "Decimal_Number", "digit"], .decimalNumber), (["Nl", "Letter_Number"], .letterNumber),
        (["No", "Other_Number"], .otherNumber), (["Pc", "Connector_Punctuation"], .connectorPunctuation),
        (["Pd", "Dash_Punctuation"], .dashPunctuation), (["Ps", "Open_Punctuation"], .openPunctuation),
        (["Pe", "Close_Punctuation"], .closePunctuation), (["Pi", "Initial_Punctuation"], .initialPunctuation),
        (["Pf", "Final_Punctuation"], .finalPunctuation), (["Po", "Other_Punctuation"], .otherPunctuation),
        (["Sm", "Math_Symbol"], .mathSymbol), (["Sc", "Currency_Symbol"], .currencySymbol),
        (["Sk", "Modifier_Symbol"], .modifierSymbol), (["So", "Other_Symbol"], .otherSymbol),
        (["Zs", "Space_Separator"], .spaceSeparator), (["Zl", "Line_Separator"], .lineSeparator),
        (["Zp", "Paragraph_Separator"], .paragraphSeparator), (["Cc", "Control", "cntrl"], .control),
        (["Cf", "Format"], .format), (["Cs", "Surrogate"], .surrogate), (["Co", "Private_Use"], .privateUse),
        (["Cn", "Unassigned"], .unassigned),
    ]

    private static let groups: [String: [String]] = [
        "L": ["Letter"], "M": ["Mark", "Combining_Mark"], "N": ["Number"], "P": ["Punctuation", "punct"],
        "S": ["Symbol"], "Z": ["Separator"], "C": ["Other"],
    ]

    private static let categories: [String: [Unicode.GeneralCategory]] = {
        var table: [String: [Unicode.GeneralCategory]] = [
            "LC": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
            "Cased_Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
        ]
        for (names, category) in CharacterProperty.single {
            for name in names { table[name] = [category] }
            for name in [String(names[0].prefix(1))] + (CharacterProperty.groups[String(names[0].prefix(1))] ?? []) {
                table[name, default: []].append(category)
            }
        }
        return table
    }()

    private static let binaries: [String: @Sendable (Unicode.Scalar.Properties) -> Bool] = [
        "Alphabetic": { $0.isAlphabetic }, "Alpha": { $0.isAlphabetic },
        "ASCII_Hex_Digit": { $0.isASCIIHexDigit }, "AHex": { $0.isASCIIHexDigit },
        "Cased": { $0.isCased }, "Dash": { $0.isDash }, "Diacritic": { $0.isDiacritic },
        "Emoji": { $0.isEmoji }, "Emoji_Presentation": { $0.isEmojiPresentation },
        "Hex_Digit": { $0.isHexDigit }, "Hex": { $0.isHexDigit },
        "ID_Continue": { $0.isIDContinue }, "IDC": { $0.isIDContinue },
        "ID_Start": { $0.isIDStart }, "IDS": { $0.isIDStart }, "Ideographic": { $0.isIdeographic },
        "Lowercase": { $0.isLowercase }, "Lower": { $0.isLowercase }, "Math": { $0.isMath },
        "Uppercase": { $0.isUppercase }, "Upper": { $0.isUppercase },
        "White_Space": { $0.isWhitespace }, "space": { $0.isWhitespace },
        "XID_Continue": { $0.isXIDContinue }, "XIDC": { $0.isXIDContinue },
        "XID_Start": { $0.isXIDStart }, "XIDS": { $0.isXIDStart },
    ]
}
