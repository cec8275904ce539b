//! Traditional characters of column names in the simplified form.

/// Those that names of columns are made of.
const PAIRS: &str = "客客戶户稱称聯联絡络電电話话機机碼码號号郵邮編编負负責责備备註注創创建間间時时國国縣县區区鄉乡鎮镇\
省省業业務务員员價价錢钱額额階阶狀状態态類类別别標标籤签級级來来源源產产單单統统傳传真真網网頁页職职稱称謂谓姓姓\
簽签約约訂订貨货帳账開开發发關关閉闭預预計计實实際际進进跟跟後后續续紀纪錄录內内容容說说會会議议訪访談谈結结果果\
優优顧顾問问問问題题專专屬属隊队團团體体總总數数據据庫库檔档資资訊讯處处科科門门廠厂長长經经理理營营銷销購购買买賣卖\
賬账戶户銀银行行證证書书執执照照稅税納纳識识識识項项點点歸归執执確确認认樣样議议圖图館馆場场華华語语個个";

/// The text with simplified characters.
pub(super) fn simplified(text: &str) -> String {
    text.chars().map(simple).collect()
}

fn simple(c: char) -> char {
    let mut pairs = PAIRS.chars();
    while let (Some(traditional), Some(simplified)) = (pairs.next(), pairs.next()) {
        if traditional == c {
            return simplified;
        }
    }
    c
}
