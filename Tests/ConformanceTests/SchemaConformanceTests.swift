import JSONSchema
import Testing

/// The published suite of JSON Schema 2020-12, its optional formats asserted.
@Suite(
    .enabled(if: ConformanceSuite.jsonSchema.isPresent, "the suite of JSON Schema does not lie beside the repository"))
struct SchemaConformanceTests {
    @Test(arguments: SchemaCase.all)
    func aValueFitsASchemaOrNot(_ example: SchemaCase) throws {
        let schema = try JSONSchema(
            example.schema, library: SchemaCase.library, formats: example.assertsFormats ? .asserted : .annotated)
        for (name, value, fits) in example.values {
            let violations = schema.violations(in: value)
            #expect(violations.isEmpty == fits, "\(name): \(violations)")
            #expect(schema.isValid(value) == fits, "\(name)")
        }
    }

    @Test func theSuiteIsReadWhole() {
        #expect(SchemaCase.all.count > 200)
        #expect(SchemaCase.all.allSatisfy { !$0.values.isEmpty })
    }

    @Test(arguments: SchemaCase.all)
    func everySchemaOfTheSuiteFitsTheMetaSchema(_ example: SchemaCase) throws {
        guard example.schema["$schema"] == .string(ExactText("https://json-schema.org/draft/2020-12/schema")) else {
            return
        }
        let meta = try JSONSchema(
            JSONNode(##"{"$ref": "https://json-schema.org/draft/2020-12/schema"}"##))
        #expect(meta.violations(in: example.schema) == [])
    }
}
