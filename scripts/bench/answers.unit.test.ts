import { expect, test } from "vitest";
import { AnswerReader } from "./answers.ts";

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} X\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const stream = Buffer.from(
  answer(200, "one") + answer(500, "") + answer(200, "a\r\n\r\nb") + answer(201, "x"),
);

test.each([1, 2, 3, 7, 40, 1_000])(
  "answers are counted whole however they are cut, here every %i bytes",
  (size) => {
    const reader = new AnswerReader(200);
    let completed = 0;
    for (let at = 0; at < stream.length; at += size) completed += reader.read(stream.subarray(at, at + size));
    expect({ completed, right: reader.right, wrong: reader.wrong }).toEqual({
      completed: 4,
      right: 2,
      wrong: 2,
    });
  },
);

test("half an answer is none yet", () => {
  const reader = new AnswerReader(200);
  expect(reader.read(Buffer.from(answer(200, "one")).subarray(0, -1))).toBe(0);
});

test("an answer of unknown length is an error and not a guess", () => {
  const chunked = Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  expect(() => new AnswerReader(200).read(chunked)).toThrow("without Content-Length");
});
