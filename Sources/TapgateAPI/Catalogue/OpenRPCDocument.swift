public import TapgateJSON

/// The catalogue as an OpenRPC 1.3 document (spec.open-rpc.org, version 1.3.2).
///
/// Events are notifications of the one method `event`; OpenRPC has no place for them, so they stand
/// in the extension `x-events`.
public enum OpenRPCDocument {
  /// Makes the document. `version` is the gateway's.
  public static func make(version: String) -> JSON {
    .object([
      "openrpc": .string("1.3.2"),
      "info": .object([
        "title": .string("Tapgate local API"),
        "version": .string(version),
        "description": .string(
          "JSON-RPC 2.0, one UTF-8 object per line, over an AF_UNIX stream socket."
        ),
        "x-api": .integer(Int64(Catalogue.api)),
      ]),
      "methods": .array(Catalogue.methods.map(method)),
      "x-events": .array(Catalogue.events.map(event)),
      "components": .object([
        "errors": .object(JSONObject(Catalogue.errors.map(errorComponent))),
        "schemas": .object([
          "reason": .object([
            "type": .string("string"), "enum": .array(Catalogue.reasons.map(JSON.string)),
          ])
        ]),
      ]),
    ])
  }

  private static func method(_ method: MethodDescription) -> JSON {
    .object([
      "name": .string(method.name),
      "summary": .string(method.summary),
      "paramStructure": .string("by-name"),
      "params": .array(method.parameters.map(contentDescriptor)),
      "x-alternatives": .array(
        method.alternatives.map { alternative in
          .object([
            "names": .array(alternative.names.map(JSON.string)),
            "required": .bool(alternative.isRequired),
          ])
        }
      ),
      "result": .object([
        "name": .string("result"),
        "schema": objectSchema(method.result),
      ]),
      "errors": .array(
        method.errors.map { .object(["$ref": .string("#/components/errors/\($0)")]) }
      ),
      "x-role": .string(method.role.rawValue),
    ])
  }

  private static func event(_ event: EventDescription) -> JSON {
    .object([
      "kind": .string(event.kind),
      "summary": .string(event.summary),
      "params": objectSchema(event.fields),
    ])
  }

  private static func errorComponent(
    _ error: (name: String, number: Int64, summary: String)
  ) -> JSONObject.Member {
    JSONObject.Member(
      name: error.name,
      value: .object([
        "code": .integer(-32000),
        "message": .string(error.summary),
        "data": .object(["upos": .integer(error.number), "name": .string(error.name)]),
      ])
    )
  }

  private static func contentDescriptor(_ parameter: Parameter) -> JSON {
    .object([
      "name": .string(parameter.name),
      "summary": .string(parameter.summary),
      "required": .bool(parameter.isRequired),
      "schema": schema(parameter.type),
    ])
  }

  private static func schema(_ type: ParameterType) -> JSON {
    switch type {
    case .text(let counts):
      .object(["type": .string("string"), "x-bytes": range(counts)])
    case .printableASCII(let counts):
      .object([
        "type": .string("string"),
        "pattern": .string("^[ -~]*$"),
        "minLength": .integer(Int64(counts.lowerBound)),
        "maxLength": .integer(Int64(counts.upperBound)),
      ])
    case .integer(let bounds):
      .object([
        "type": .string("integer"),
        "minimum": .integer(bounds.lowerBound),
        "maximum": .integer(bounds.upperBound),
      ])
    case .flag: .object(["type": .string("boolean")])
    case .choice(let words):
      .object(["type": .string("string"), "enum": .array(words.map(JSON.string))])
    case .list(let element, let counts):
      .object([
        "type": .string("array"),
        "items": schema(element),
        "minItems": .integer(Int64(counts.lowerBound)),
        "maxItems": .integer(Int64(counts.upperBound)),
      ])
    case .record(let fields): recordSchema(fields)
    case .texts(let countMax):
      .object([
        "type": .string("object"),
        "additionalProperties": .object(["type": .string("string")]),
        "maxProperties": .integer(Int64(countMax)),
      ])
    case .counts(let countMax):
      .object([
        "type": .string("object"),
        "additionalProperties": .object(["type": .string("integer"), "minimum": .integer(0)]),
        "maxProperties": .integer(Int64(countMax)),
      ])
    case .integers(let countMax):
      .object([
        "type": .string("object"),
        "additionalProperties": .object(["type": .string("integer")]),
        "maxProperties": .integer(Int64(countMax)),
      ])
    case .document: .object(["type": .array([.string("object"), .string("array")])])
    }
  }

  private static func recordSchema(_ fields: [Parameter]) -> JSON {
    .object([
      "type": .string("object"),
      "properties": .object(
        JSONObject(fields.map { .init(name: $0.name, value: schema($0.type)) })
      ),
      "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
      "additionalProperties": .bool(false),
    ])
  }

  private static func objectSchema(_ fields: [ResultField]) -> JSON {
    .object([
      "type": .string("object"),
      "properties": .object(
        JSONObject(fields.map { .init(name: $0.name, value: property($0)) })
      ),
    ])
  }

  private static func property(_ field: ResultField) -> JSON {
    .object([
      "type": field.isNullable
        ? .array([.string(field.type), .string("null")]) : .string(field.type),
      "description": .string(field.summary),
    ])
  }

  private static func range(_ counts: ClosedRange<Int>) -> JSON {
    .array([.integer(Int64(counts.lowerBound)), .integer(Int64(counts.upperBound))])
  }
}
