import Foundation
import TapgateJSON
import Testing

/// A workbook that python3's zipfile and xml modules took apart, so that what is checked is the
/// file and not what the library believes it wrote.
struct OpenedWorkbook {
  let json: JSON

  /// Opens the file at `path`.
  init(_ path: String) throws {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", Self.script, path]
    let pipe = Pipe()
    python.standardOutput = pipe
    try python.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    json = try JSONParser.parse(Array(bytes))
  }

  /// The names of the sheets, first one first.
  var sheets: [String] { json["sheets"]?.array?.compactMap { $0["name"]?.string } ?? [] }

  /// What `sheet` says of itself.
  func sheet(_ index: Int) -> JSON? { json["sheets"]?.array?[index] }

  /// A cell such as `B2`: its value as text, its formula and its number format.
  func cell(_ sheet: Int, _ place: String) -> (value: String?, formula: String?, format: String?) {
    let cell = self.sheet(sheet)?["cells"]?[place]
    return (cell?["value"]?.string, cell?["formula"]?.string, cell?["format"]?.string)
  }

  private static let script = """
    import json, sys, zipfile, xml.etree.ElementTree as tree
    main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
    book = zipfile.ZipFile(sys.argv[1])
    assert book.testzip() is None
    strings = []
    if 'xl/sharedStrings.xml' in book.namelist():
        for item in tree.fromstring(book.read('xl/sharedStrings.xml')):
            strings.append(''.join(t.text or '' for t in item.iter(main + 't')))
    styles = tree.fromstring(book.read('xl/styles.xml'))
    formats = {n.get('numFmtId'): n.get('formatCode') for n in styles.iter(main + 'numFmt')}
    cells = [x.get('numFmtId') for x in styles.find(main + 'cellXfs')]
    names = [s.get('name') for s in
             tree.fromstring(book.read('xl/workbook.xml')).iter(main + 'sheet')]
    sheets = []
    for number, name in enumerate(names, 1):
        root = tree.fromstring(book.read('xl/worksheets/sheet%d.xml' % number))
        found = {}
        for c in root.iter(main + 'c'):
            value, formula = c.find(main + 'v'), c.find(main + 'f')
            text = None if value is None else value.text
            if c.get('t') == 's':
                text = strings[int(text)]
            found[c.get('r')] = {
                'value': text, 'type': c.get('t'),
                'formula': None if formula is None else formula.text,
                'format': formats.get(cells[int(c.get('s', 0))])}
        pane = next(root.iter(main + 'pane'), None)
        sheets.append({
            'name': name, 'cells': found,
            'frozenRows': None if pane is None else pane.get('ySplit'),
            'widths': [x.get('width') for x in root.iter(main + 'col')],
            'hasChart': next(root.iter(main + 'drawing'), None) is not None})
    charts = [book.read(n).decode() for n in sorted(book.namelist()) if 'charts/chart' in n]
    json.dump({'sheets': sheets, 'charts': charts}, sys.stdout)
    """
}
