/** Names in scripts that are declared as what they are, and must be left so. */
import { encodeGb18030 } from "../../shared/dicom/gb18030-encode.ts";
import { chineseNames, latin1Names } from "./generated-names.ts";
import { encodeIn, withEscapes } from "./other-character-sets.ts";
import { pick, randomFrom } from "./random.ts";

interface Script {
  readonly of: string;
  readonly declared: string;
  readonly families: string;
  readonly givens: string;
  readonly encode: (text: string) => Uint8Array;
}

const ideographs = (designator: string): readonly number[] => [0x1b, ...Buffer.from(designator, "latin1")];

const scripts: readonly Script[] = [
  {
    of: "Polish, Czech and Hungarian names",
    declared: "ISO_IR 101",
    families:
      "Wałęsa Kaczyński Dvořák Novotný Horváth Szőke Żółć Świątek Čapek Řezníček Őry Błaszczyk Šťastný",
    givens: "Łukasz Małgorzata Jiří Ondřej Zdeněk Gyöngyi Ágnes Żaneta Śląsk Čeněk Ľudmila Božena",
    encode: encodeIn("iso-8859-2"),
  },
  {
    of: "Russian and Bulgarian names",
    declared: "ISO_IR 144",
    families: "Иванов Петрова Щербаков Жуков Цветкова Ёлкин Юрьев Ыйдов Эйзенштейн Чехов",
    givens: "Пётр Анна Юрий Любовь Евгений Ольга Шура Яна Ъньо Григорий",
    encode: encodeIn("iso-8859-5"),
  },
  {
    of: "Greek names",
    declared: "ISO_IR 126",
    families: "Παπαδόπουλος Ιωάννου Σεφέρης Οικονόμου Ψαρρός Ζωγράφου Καζαντζάκης",
    givens: "Διονύσιος Ελένη Γεώργιος Ξένια Άννα Όλγα Χρήστος",
    encode: encodeIn("iso-8859-7"),
  },
  {
    of: "Turkish names",
    declared: "ISO_IR 148",
    families: "Yılmaz Şahin Öztürk Çelik Güneş Doğan İnönü Koçoğlu",
    givens: "Ayşe İbrahim Gülşen Çağla Özgür Işıl Uğur Ümit",
    encode: encodeIn("windows-1254"),
  },
  {
    of: "Arabic names",
    declared: "ISO_IR 127",
    families: "قباني الحسيني المصري حداد خوري النجار",
    givens: "لنزار محمد فاطمة يوسف مريم خالد",
    encode: encodeIn("iso-8859-6"),
  },
  {
    of: "Hebrew names",
    declared: "ISO_IR 138",
    families: "שרון כהן לוי מזרחי פרץ ביטון",
    givens: "דבורה משה שרה יצחק רחל דוד",
    encode: encodeIn("iso-8859-8"),
  },
  {
    of: "Japanese names, katakana",
    declared: "ISO_IR 13",
    families: "ﾔﾏﾀﾞ ｽｽﾞｷ ﾀﾅｶ ｻﾄｳ ﾜﾀﾅﾍﾞ",
    givens: "ﾀﾛｳ ﾊﾅｺ ｲﾁﾛｳ ﾖｳｺ ｹﾝｼﾞ",
    encode: encodeIn("shift_jis"),
  },
  {
    of: "Japanese names, kanji",
    declared: "\\ISO 2022 IR 87",
    families: "山田 鈴木 田中 佐藤 渡辺 小林 加藤 吉田",
    givens: "太郎 花子 一郎 洋子 健二 さくら ゆうき",
    encode: withEscapes("euc-jp", ideographs("$B"), true),
  },
  {
    of: "Korean names",
    declared: "\\ISO 2022 IR 149",
    families: "김 이 박 최 정 강 조 윤 홍 황보",
    givens: "길동 민준 서연 지우 하은 도윤 예은 지훈",
    encode: withEscapes("euc-kr", ideographs("$)C"), false),
  },
];

export interface Declared {
  readonly of: string;
  readonly declared: string;
  readonly kind: "name";
  readonly texts: readonly string[];
  readonly encode: (text: string) => Uint8Array;
}

/** Every script, and Chinese and Latin ones, under the declaration that is true of them. */
export function rightlyDeclared(count: number, seed: number): readonly Declared[] {
  const chinese = chineseNames(count, seed);
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  const own = scripts.map(({ of, declared, families, givens, encode }, index): Declared => {
    const texts = namesOf(families.split(" "), givens.split(" "), Math.ceil(count / 10), seed + index);
    return { of, declared, kind: "name", texts, encode };
  });
  return [
    ...own,
    { of: "Chinese names", declared: "GB18030", kind: "name", texts: chinese, encode: encodeGb18030 },
    { of: "Chinese names", declared: "ISO_IR 192", kind: "name", texts: chinese, encode: utf8 },
    {
      of: "European names",
      declared: "ISO_IR 192",
      kind: "name",
      texts: latin1Names(count, seed),
      encode: utf8,
    },
  ];
}

function namesOf(
  families: readonly string[],
  givens: readonly string[],
  count: number,
  seed: number,
): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => `${pick(random, families)}^${pick(random, givens)}`);
}
