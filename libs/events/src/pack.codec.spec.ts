import { eventPackCodec, parseEventText } from './index.js';

const { encodeItem, frame } = eventPackCodec;
const encodePack = (items: string[]): string => frame.open + items.join(frame.separator) + frame.close;
const textsOf = (body: string, count: number): string[] => eventPackCodec.decodePack(Buffer.from(body), count).map(String);
const decodePack = (body: string, count = 1): unknown[] => textsOf(body, count).map((text) => JSON.parse(text) as unknown);

describe('the pack codec', () => {
  it('gives back the events in their order', () => {
    const events = [{ n: 1, text: 'a,b]"\\ ü 🙂' }, { n: 2 }, { n: 3, list: [null, true] }];
    expect(decodePack(encodePack(events.map(encodeItem)), 3)).toEqual(events);
  });

  it('packs no event and one event', () => {
    expect(decodePack(encodePack([]), 0)).toEqual([]);
    expect(decodePack(encodePack([encodeItem({ n: 1 })]))).toEqual([{ n: 1 }]);
  });

  it('gives each event as the very text that was packed', () => {
    const texts = ['{"n":1.0,"text":"a,\\n{} ü 🙂"}', '{ "n" : [1,2] }'];
    expect(textsOf(encodePack(texts), 2)).toEqual(texts);
  });

  it.each(['[{"n":1},{"n":2}]', '[\n  {"n":1},\n  {"n":2}\n]', ' [ {"n":1} , {"n":2} ] '])('reads %p, which somebody else wrote', (body) => {
    expect(decodePack(body, 2)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('tells how many there are, whatever the entry says', () => {
    expect(decodePack(encodePack(['{"n":1}', '{"n":2}']), 3)).toHaveLength(2);
    expect(decodePack('[1,"text",null]', 3)).toEqual([1, 'text', null]);
  });

  it.each(['{}', '"text"', 'null', '17'])('refuses the body %s, which is no array', (body) => {
    expect(() => decodePack(body)).toThrow('the body of the pack is not a JSON array');
  });

  it.each(['', '[{"n":1},', 'garbage'])('throws on the body %p, which is no JSON', (body) => {
    expect(() => decodePack(body)).toThrow(SyntaxError);
  });

  it('carries keys named like parts of Object as ordinary data, validation included, and changes no prototype', () => {
    const properties = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"text","valueOf":false}';
    const event = `{"event_id":"019c13ec-9e07-77bc-b224-4c4c9452986d","timestamp":"2026-01-31T12:00:00Z",
      "event_type":"constructor","user_id":"__proto__","project_id":"demo","received_at":"2026-01-31T12:00:00Z","properties":${properties}}`;
    const [first] = textsOf(`[${event}]`, 1);
    const parsed = parseEventText(first);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const [second] = decodePack(encodePack([encodeItem(parsed.event)])) as (typeof parsed.event)[];
    expect(JSON.stringify(second.properties)).toBe(properties);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(second.properties)).toBe(Object.prototype);
  });
});
