/**
 * Names and phrases by the ten thousand, from seeds, so that what the reader makes of text can be measured. Surnames and
 * characters are common knowledge; the combinations are nobody's.
 */
import { pick, randomFrom } from "./random.ts";

const characters = (text: string): readonly string[] => [...text];

const surnames = characters(
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉仝佴亓呙",
);
const compound =
  "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 端木 司徒 长孙 夏侯 轩辕 呼延 宇文 南宫".split(" ");
const given = characters(
  "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红建国志海燕春梅雪飞龙云峰山林森鑫淼琴琳瑶佳嘉怡欣悦诗涵梓轩浩宇子墨雨泽晨曦博俊豪思远天佑若彤语桐一诺可馨安然晓东小明大伟永康福贵荣昌兴旺振江河湖洁贞淑惠珍珠宝玉翠花兰菊莲香月星光亮辰阳暖冬夏秋生根发财德仁义礼智信忠孝廉耻和顺祥瑞吉庆喜乐宁静致学勤奋斗立业成功达胜利民族新华中正大同世界维权卫东向红爱国跃进解放和平",
);
/** Outside GB 2312: GBK and GB 18030 hold them, the last ones in four bytes. */
const rareGiven = characters(
  "喆堃垚玥昇旻翀赟犇镕頔燊珅瑀瑄璟祎禛禕竑濛嫕姍婳淏晞暘炜烜煊焜甯珮珺琤璆甡旸晟昊镓锳鋆鈺陞頫韡㛃㐂䶮𠮷𬭚",
);
const syllables =
  "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo wei fang na xiu ying min jing jie lei jun yan tao ming chao xia ping gang gui wen hui ling hua hong jian guo zhi hai".split(
    " ",
  );

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** As hospitals in China write a patient's name: hanzi alone or behind pinyin, with and without delimiters. */
export function chineseNames(count: number, seed: number): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const family = random() < 0.06 ? pick(random, compound) : pick(random, surnames);
    const one = () => (random() < 0.07 ? pick(random, rareGiven) : pick(random, given));
    const own = random() < 0.2 ? one() : one() + one();
    const pinyin = `${capitalised(pick(random, syllables))}^${capitalised(pick(random, syllables))}`;
    const forms = [
      `${family}${own}`,
      `${family}^${own}`,
      `${pinyin}=${family}^${own}`,
      `${pinyin.replace("^", " ")} ${family}${own}`,
    ];
    return pick(random, forms);
  });
}

const bodyParts = "头颅 胸部 腹部 盆腔 颈椎 腰椎 膝关节 右手 左足 肺 肝脏 鼻窦 垂体 乳腺".split(" ");
const ways = "平扫 增强 正位 侧位 正侧位 三维重建 CT CT平扫 MRI 增强扫描 X线 DR正位片 复查".split(" ");
const orders = [
  "{b}{w}",
  "CT {b}{w}",
  "{b} {w}",
  "{b}CT{w}",
  "MR{b}",
  "{w}({b})",
  "1.{b}{w} 2.{b}",
  "L4/5 {b}",
];
const hospitals = "清河县人民医院 第一人民医院放射科 青山镇卫生院 市中心医院 妇幼保健院影像科".split(" ");

/** Study descriptions and institutions: hanzi between Latin letters, digits and signs. */
export function chinesePhrases(count: number, seed: number): readonly string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () =>
    random() < 0.15
      ? pick(random, hospitals)
      : pick(random, orders)
          .replaceAll("{b}", () => pick(random, bodyParts))
          .replaceAll("{w}", () => pick(random, ways)),
  );
}

interface Language {
  readonly families: readonly string[];
  readonly givens: readonly string[];
}
const language = (families: string, givens: string): Language => ({
  families: families.split(" "),
  givens: givens.split(" "),
});

/** Written in Latin-1; where one has no accent the name as a whole still may. */
const latin1 = {
  german: language(
    "Müller Schröder Weiß Groß Jäger König Schäfer Böhm Köhler Krüger Möller Vogt Größmann Süß Faß Bräuer Güßfeldt Höß Übel Österreicher Ähre Nuß Preuß Schön Kühn Löwe",
    "Jürgen Günther Käthe Björn Jörg Sören Bärbel Größe Ulf Zoë Hänsel Rüdiger Götz Änne Özlem",
  ),
  french: language(
    "Lefèvre Bézard Noël François Béranger Hébert Lévêque Prévôt Châtelain Créneau Îlet Rémy Pâquet Àubert Fête",
    "Jérôme André Zoé Chloé Léa Théo Noémie Gaëlle Loïc Aïcha Hélène Élise Irénée Benoît Agnès Éléonore Maïté Anaïs Désirée",
  ),
  spanish: language(
    "Núñez Muñoz García Fernández López Gómez Peña Ibáñez Íñiguez Güemes Ordóñez Cañizares Ávila Ramírez Yáñez Zúñiga Argüelles Núñez-Ríos",
    "José María Óscar Ángel Íñigo Begoña Jesús Sofía Ramón Concepción Raúl Inés Álvaro Úrsula Saúl",
  ),
  portuguese: language(
    "João Gonçalves Conceição Araújo Guimarães Simões Magalhães Leão Falcão Assunção Brandão Sá Íris Luís Mourão",
    "Antônio Tomás César Inês Cláudia Abraão Sebastião Estevão Íris Otávio Zélia Ângela Irmã",
  ),
  nordic: language(
    "Åström Öberg Sjöström Bjørnsson Kjær Sørensen Nygård Ångström Lindqvist Gísladóttir Þórðarson Æðarsson Hákonardóttir Ráðúlfsson Friðþjófsson Mäkelä Hämäläinen Yrjölä Säämänen Ääri Øye Bråten Høiås",
    "Åse Sæþór Eyþór Sæþóra Göran Øystein Þór Sigríður Ásdís Bjørn Käre Jón Äijö Päivi Mårten Håkon Østen Ólöf",
  ),
  italian: language("Nicolò Forlì Cantù Mercè Bossù Papà Viganò", "Niccolò Noè Zoè Mosè Lucà Andrè Pietà"),
} as const satisfies Record<string, Language>;

/** Family and given name of one language, now and then in capitals, with a middle name or the other way round. */
export function latin1Names(count: number, seed: number): readonly string[] {
  const random = randomFrom(seed);
  const languages = Object.values(latin1);
  const names: string[] = [];
  while (names.length < count) {
    const { families, givens } = pick(random, languages);
    const own = random() < 0.3 ? `${pick(random, givens)}^${pick(random, givens)}` : pick(random, givens);
    const name = pick(random, [
      `${pick(random, families)}^${own}`,
      `${pick(random, families)}, ${own}`,
      pick(random, families),
      own,
    ]);
    const written = random() < 0.35 ? capitals(name) : name;
    if (/[^\p{ASCII}]/u.test(written)) names.push(written);
  }
  return names;
}

/** Latin-1 has no capitals of ß, ÿ and µ: writers leave those. */
const capitals = (text: string): string =>
  [...text].map((each) => (/^[\0-\u00ff]$/.test(each.toUpperCase()) ? each.toUpperCase() : each)).join("");

const latin1Words =
  "Schädel Thorax Rücken Füße Größe: 5cm Kontrolle 37°C ±2 µGy ½ Übersicht Hüfte Röntgen Sprunggelenk contrôle après-midi à jeun proyección anteroposterior cráneo rodilla tórax coração pulmões Ø12 3×Ø5 37°±2 §5 bröst höft knä hjärta «suspect» N°3 s/ø ¿dolor? Ärztin prénatal".split(
    " ",
  );

export function latin1Phrases(count: number, seed: number): readonly string[] {
  const random = randomFrom(seed);
  const phrases: string[] = [];
  while (phrases.length < count) {
    const words = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, latin1Words)).join(
      " ",
    );
    if (/[^\p{ASCII}]/u.test(words)) phrases.push(random() < 0.2 ? capitals(words) : words);
  }
  return phrases;
}
