//! The words that stand in place of values.

use std::sync::LazyLock;

use super::Subject;
use crate::normalize::empty::Words;

/// In lower case and ordinary width. Single letters and three letters that
/// may be a company are left out; [`is_keyboard`] knows the longer ones.
#[rustfmt::skip]
static GENERAL: LazyLock<Words> = LazyLock::new(|| Words::new([
    "test", "tests", "testing", "testtest", "test test", "this is a test", "just a test", "test data", "testdata",
    "xx", "xxx", "foo", "foobar", "foo bar", "dummy", "fake", "placeholder", "sample", "example", "lorem ipsum",
    "tbd", "tba", "tbc", "to be determined", "to be confirmed", "to be announced",
    "unknown", "not known", "not available", "not applicable", "not provided", "not specified", "not set", "no data",
    "no value", "no information", "no info", "n.a.", "n.a", "undefined", "unspecified", "nothing", "missing", "blank",
    "do not know", "don't know", "dont know", "idk", "whatever", "anything", "please update", "please fill",
    "测试", "測試", "测试数据", "測試資料", "测试一下", "测试测试", "试试", "ceshi",
    "待补充", "待補充", "待定", "待填", "待填写", "待完善", "待确认", "待確認", "待更新", "待核实", "待查", "待录入",
    "不详", "不詳", "未知", "不知道", "不清楚", "不明", "不祥", "暂缺", "暫缺", "缺失", "缺", "略", "保密", "不便透露", "不方便透露",
    "未提供", "不提供", "暂未提供", "未登记", "未登記", "未录入", "未设置", "不填", "没填", "随便", "随便填", "瞎填", "乱填",
    "请填写", "請填寫", "请输入", "請輸入", "请选择", "請選擇", "暂时没有", "暂时无", "暂无数据", "暂无信息", "无数据", "无信息",
    "不适用", "不適用", "某某", "某某某", "示例", "样例", "占位", "占位符", "默认", "空白", "啊啊啊", "啊啊", "哈哈", "哈哈哈", "呵呵",
    "テスト", "てすと", "未定", "未入力", "ダミー", "サンプル", "ああああ", "あああ",
    "테스트", "미정", "모름", "미입력", "ㅁㄴㅇㄹ", "ㅇㅇ",
    "тест", "тестовый", "нет", "неизвестно", "не указано", "нет данных", "фыва", "йцукен",
    "unbekannt", "keine angabe", "k.a.", "keine", "inconnu", "non renseigné", "aucun", "desconocido", "prueba",
    "sin datos", "ninguno", "desconhecido", "teste", "nenhum", "sconosciuto", "prova", "nessuno", "onbekend",
]));

#[rustfmt::skip]
static PHONE: LazyLock<Words> = LazyLock::new(|| Words::new([
    "na", "no phone", "nophone", "no number", "no tel", "no mobile", "none given", "无电话", "無電話", "没电话", "没有电话", "沒有電話",
    "无手机", "没手机", "没有手机", "无号码", "没有号码", "无手机号", "没有手机号", "電話なし", "전화없음",
]));

#[rustfmt::skip]
static EMAIL: LazyLock<Words> = LazyLock::new(|| Words::new([
    "na", "no email", "noemail", "no e-mail", "no mail", "nomail", "none given", "no email address", "email", "e-mail",
    "无邮箱", "無郵箱", "没邮箱", "没有邮箱", "沒有郵箱", "无邮件", "没有邮件", "无email", "没有email", "メールなし", "이메일없음",
]));

#[rustfmt::skip]
static PERSON: LazyLock<Words> = LazyLock::new(|| Words::new([
    "asd", "qwe", "zxc", "abc", "aaa", "first last", "firstname lastname", "first name last name", "full name", "your name", "my name",
    "first name", "last name", "name", "no name", "noname", "nobody", "anonymous", "test user", "test customer",
    "test contact", "test account", "test name", "user", "user name", "username", "customer", "guest", "contact",
    "测试用户", "测试客户", "测试账号", "测试帐号", "测试姓名", "测试联系人", "测试人员", "測試用戶", "測試客戶",
    "姓名", "名字", "无名", "无名氏", "無名氏", "匿名", "匿名用户", "佚名", "路人甲", "某人", "某先生", "某女士", "先生", "女士", "小姐",
    "用户", "客户", "联系人", "新用户", "新客户", "默认用户", "默认联系人", "游客", "名無し", "名前", "ゲスト", "이름", "손님",
]));

#[rustfmt::skip]
static COMPANY: LazyLock<Words> = LazyLock::new(|| Words::new([
    "na", "self", "self employed", "self-employed", "selfemployed", "myself", "me", "private", "private person", "private individual",
    "private customer", "individual", "personal", "freelance", "freelancer", "freelancing", "home", "student", "retired", "unemployed",
    "not employed", "no company", "company", "my company", "your company", "company name", "test company", "test inc",
    "privat", "privatperson", "particulier", "particular", "privato", "частное лицо", "физлицо", "физическое лицо",
    "个人", "個人", "私人", "本人", "自己", "个人用户", "个人客户", "个体", "个体户", "个体经营", "自由职业", "自由职业者", "自由",
    "无业", "退休", "学生", "在家", "家庭", "无单位", "没有单位", "无公司", "没有公司", "沒有公司", "无工作单位", "暂无单位", "暂无公司",
    "公司", "公司名", "公司名称", "单位", "单位名称", "企业", "企业名称", "某公司", "某某公司", "某单位", "某企业", "xx公司", "xxx公司", "xxxx公司",
    "xx有限公司", "xxx有限公司", "测试公司", "测试单位", "测试企业", "测试有限公司", "測試公司", "個人事業主", "会社名", "개인", "회사명",
]));

/// The names that documentation gives to people and companies.
#[rustfmt::skip]
static EXAMPLES: LazyLock<Words> = LazyLock::new(|| Words::new([
    "john doe", "jane doe", "doe john", "doe jane", "doe, john", "doe, jane", "joe bloggs", "joe public", "john q. public", "john q public",
    "fred bloggs", "jane roe", "richard roe", "max mustermann", "erika mustermann", "mustermann", "jean dupont", "mario rossi",
    "juan pérez", "juan perez", "fulano de tal", "jan modaal", "jan kowalski", "иван иванов", "иванов иван", "иванов иван иванович",
    "张三", "張三", "李四", "王五", "赵六", "趙六", "张三丰", "小明", "小红", "王小明", "陈大文", "陳大文", "山田太郎", "山田 太郎", "山田花子", "山田 花子", "홍길동",
    "acme", "acme inc", "acme inc.", "acme corp", "acme corp.", "acme corporation", "abc company", "abc corp", "abc inc", "abc公司", "abc有限公司",
    "foo inc", "contoso", "contoso ltd", "contoso ltd.", "musterfirma", "mustermann gmbh", "example inc", "example inc.", "株式会社サンプル", "某某有限公司",
]));

/// The rows of a keyboard from the left, where idle fingers begin.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A word of any field.
pub(super) fn is_general(folded: &str) -> bool {
    let word = numbered(folded);
    GENERAL.contains(folded) || is_keyboard(word) || is_one_letter(word) || is_test(word)
}

/// A word of the fields for this.
pub(super) fn is_of(subject: Subject, folded: &str) -> bool {
    match subject {
        Subject::Phone => PHONE.contains(folded),
        Subject::Email => EMAIL.contains(folded),
        Subject::Person => PERSON.contains(folded) || PERSON.contains(numbered(folded)),
        Subject::Company => COMPANY.contains(folded) || COMPANY.contains(numbered(folded)),
        Subject::Any | Subject::Id | Subject::Date => false,
    }
}

/// A name that documentation gives.
pub(super) fn is_example(subject: Subject, folded: &str) -> bool {
    matches!(subject, Subject::Person | Subject::Company) && EXAMPLES.contains(folded)
}

/// `test` and `测试`, which people number.
pub(super) fn is_test(word: &str) -> bool {
    matches!(word, "test" | "testing" | "testtest" | "ceshi" | "测试" | "測試" | "テスト" | "테스트" | "тест")
}

/// Four keys or more of one row, or that twice: `asdf`, `qwerty`, `asdfasdf`.
pub(super) fn is_keyboard(word: &str) -> bool {
    let run = match word.split_at_checked(word.len() / 2) {
        Some((left, right)) if left == right => left,
        _ => word,
    };
    run.len() >= 4 && ROWS.iter().any(|row| row.starts_with(run))
}

/// One ASCII letter four times or more.
pub(super) fn is_one_letter(word: &str) -> bool {
    match word.as_bytes() {
        [first, rest @ ..] => {
            rest.len() >= 3 && first.is_ascii_lowercase() && rest.iter().all(|b| b == first)
        }
        [] => false,
    }
}

/// One digit alone.
pub(super) fn is_digit(folded: &str) -> bool {
    matches!(folded.as_bytes(), [b'0'..=b'9'])
}

/// Neither a letter nor a digit nor a picture.
pub(super) fn is_punctuation(folded: &str) -> bool {
    folded.chars().all(|c| match c {
        '!'..='~' => !c.is_ascii_alphanumeric(),
        _ => matches!(c, ' ' | '·' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{301F}' | '・'),
    })
}

/// A word without the number that tells it from the one before: `test12`, `测试 3`.
pub(super) fn numbered(word: &str) -> &str {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    match word.len() - bare.len() {
        1..=6 => bare.trim_end_matches([' ', '_', '-', '.', '#']),
        _ => word,
    }
}
