/// A parse error by byte offset; turned into a ``CESQLParseError``, which counts characters, at the boundary.
struct CESQLSyntaxFault: Error {
    var byteOffset: Int
    var reason: String
    var mend: String
}
