import { expect, test } from "vitest";
import { CsvReader, fieldsOf } from "./csv.ts";

const HEADER = "metric_name,timestamp,metric_value,status,extra_tags,metadata\n";

test("rows are read whole, however the chunks are cut", () => {
  const text = `${HEADER}http_reqs,1,1.000000,200,,\nbanyan_answered,2,3.5,,wrong=&arm=a,i=7&late=0.000\n`;
  for (let cut = 1; cut < text.length; cut++) {
    const reader = new CsvReader(["banyan_answered"]);
    const rows = [...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))];
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row.value).toBe(3.5);
    expect(rows[0]?.row.tags.get("wrong")).toBe("");
    expect(rows[0]?.row.metadata.get("i")).toBe("7");
  }
});

test("columns are found by their names, in any order", () => {
  const reader = new CsvReader(["m"]);
  const rows = reader.read(
    'metadata,"extra_tags",metric_value,metric_name\ni=1,arm=b,2,m\ni=1,arm=b,2,other\n',
  );
  expect(rows.map(({ row }) => [row.metric, row.value, row.tags.get("arm")])).toEqual([["m", 2, "b"]]);
});

test("a last line that was never finished is no row", () => {
  expect(new CsvReader(["m"]).read(`${HEADER}m,1,2,,,`)).toEqual([]);
});

test.each(["m,1,x,,,", "m,1,2", "m,1,,,,", 'm,1,2,,"arm=a,'])(
  "the broken line %s of a wanted metric is an error",
  (line) => {
    expect(() => new CsvReader(["m"]).read(`${HEADER}${line}\n`)).toThrow("BYN-EVIDENCE-060");
  },
);

test("broken lines of other metrics do not matter", () => {
  expect(new CsvReader(["m"]).read(`${HEADER}other,"\nm,1,2,,,\n`)).toHaveLength(1);
});

test("an output without our columns is refused", () => {
  expect(() => new CsvReader(["m"]).read("Usage: k6 run\n")).toThrow("BYN-EVIDENCE-060");
});

test("quoted fields follow RFC 4180", () => {
  expect(fieldsOf('a,"b,c","say ""no""",')).toEqual(["a", "b,c", 'say "no"', ""]);
  expect(() => fieldsOf('"a"b,c')).toThrow("BYN-EVIDENCE-060");
});
