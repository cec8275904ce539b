//! What is read, and that what is written is read again.

use super::table::TABLE;
use super::*;

fn path(text: &str) -> String {
    let rule = RegionCn::new(RegionForm::Path);
    rule.normalize(text).map_or_else(|fault| fault.to_string(), Cow::into_owned)
}

#[test]
fn every_form_of_every_division_is_read_again() {
    use RegionForm::*;
    for division in TABLE.all() {
        for form in [Path, Levels, Short, Code, Province, City, District] {
            for between in ["/", ""] {
                if between.is_empty() && !matches!(form, Path | Levels) {
                    continue;
                }
                let rule = RegionCn::new(form).between(between);
                let reading = Reading { divisions: vec![division], rest: String::new() };
                let Ok(written) = rule.write(&reading) else { continue };
                let again = rule.normalize(&written);
                assert_eq!(again.as_deref(), Ok(&*written), "{form:?} of {division:?}");
                if matches!(form, Path | Levels | Short) {
                    assert_eq!(self::Division::find(&written), Ok(division), "{written}");
                }
            }
        }
    }
}

#[test]
fn names_are_read_from_large_to_small() {
    assert_eq!(path("广东省深圳市南山区"), "广东省/深圳市/南山区");
    assert_eq!(path("北京市市辖区朝阳区"), "北京市/朝阳区");
    assert_eq!(path("北京市/市辖区/朝阳区"), "北京市/朝阳区");
    assert_eq!(path("上海市上海市浦东新区"), "上海市/浦东新区");
    assert_eq!(path("吉林吉林"), "吉林省/吉林市");
    assert_eq!(path("河南省-省直辖县级行政区划-济源市"), "河南省/济源市");
    assert_eq!(path("南山区 深圳市"), "广东省/深圳市/南山区");
    assert_eq!(path("【恩施州】恩施市"), "湖北省/恩施土家族苗族自治州/恩施市");
    assert_eq!(path("柳州地区忻城县"), "广西壮族自治区/来宾市/忻城县");
    assert_eq!(path("广东南山区"), "广东省/深圳市/南山区");
    assert_eq!(path("臺灣省臺北市大安區"), "台湾省/台北市/大安区");
}

#[test]
fn a_street_is_not_a_division() {
    assert_eq!(path("上海南京东路1号"), "上海市");
    assert_eq!(path("北京朝阳路1号"), "北京市");
    assert_eq!(path("南京路1号"), "no province, city or district");
    assert_eq!(path("北京西路"), "no province, city or district");
}

#[test]
fn what_is_not_clear_is_a_fault() {
    assert_eq!(path("鼓楼区"), "several districts are called so");
    assert_eq!(path("朝阳区"), "several districts are called so");
    assert_eq!(path("朝阳"), "several districts are called so");
    assert_eq!(path("南京鼓楼区"), "江苏省/南京市/鼓楼区");
    assert_eq!(path("Suzhou"), "several cities are called so");
    assert_eq!(path("杭州市南山区"), "no such district in that city");
    assert_eq!(path("广东省苏州市"), "no such city or district in that province");
    assert_eq!(path("广东省某某市"), "no such city or district in that province");
    assert_eq!(path("北京、上海"), "several divisions that are not within each other");
    assert_eq!(path("深圳市南山区、福田区"), "several divisions that are not within each other");
    assert_eq!(path("深圳市经济特区"), "广东省/深圳市");
    assert_eq!(path("Nanshan, Shenzhen"), "in Latin letters only provinces and cities are known");
    assert_eq!(path("Shenzhen, Jiangsu"), "these are not within each other");
    assert_eq!(path("990000"), "no such code");
}

#[test]
fn the_rest_of_an_address_is_kept_where_asked() {
    let mut values = Vec::new();
    SplitRegion::with_rest().split("重慶市渝中區解放碑１號", &mut values).unwrap();
    assert_eq!(values, ["重庆市", "重庆市", "渝中区", "解放碑1號"]);
    let exact = RegionCn::new(RegionForm::Path).exact();
    assert_eq!(
        exact.normalize("重庆市渝中区解放碑1号").unwrap_err().to_string(),
        "more than a province, city and district"
    );
}
