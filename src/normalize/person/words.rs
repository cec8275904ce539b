//! What words of Western names are: titles, particles, suffixes. The tables
//! are our own, from general knowledge; a word may stand in several.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// A form of address in front of a name.
pub(super) const TITLE: u16 = 1;
/// A title that goes with the given name: `Sir John`, `Sister Mary`.
pub(super) const GIVEN_TITLE: u16 = 1 << 1;
/// Belongs to the family name behind it.
pub(super) const PARTICLE: u16 = 1 << 2;
/// A particle that nobody is called by.
pub(super) const NEVER_GIVEN: u16 = 1 << 3;
/// Joins its neighbours whatever they are.
pub(super) const CONJUNCTION: u16 = 1 << 4;
/// Joins two family names, and may be an initial as well.
pub(super) const LINK: u16 = 1 << 5;
/// `Jr.`, `III`.
pub(super) const GENERATION: u16 = 1 << 6;
/// A degree, order or qualification that is no name.
pub(super) const DEGREE: u16 = 1 << 7;
/// A degree that is a name as well: `Ma`, `Do`, `Ed`.
pub(super) const MAYBE: u16 = 1 << 8;
/// What follows is the name at birth.
pub(super) const MAIDEN: u16 = 1 << 9;
/// The given name goes on with the next word: `Abdul Rahman`.
pub(super) const BOUND: u16 = 1 << 10;
/// A word of titles that is none alone: `State` in `State Senator`.
pub(super) const INNER: u16 = 1 << 12;
/// A given name abbreviated with a period: `Wm.`
pub(super) const SHORT: u16 = 1 << 11;

const TABLES: &[(u16, &str)] = &[
    (
        TITLE,
        // Civil.
        "ra mr mrs ms miss mx master madam madame ma'am messrs mister missus doctor dr drs doctors dr's prof \
         professor mme mlle mademoiselle monsieur  frau fräulein fraulein herr herrn hr fr. frl dipl-ing \
         mag mgr ing mudr judr phdr rndr mvdr paeddr thdr doc doz pd univ.-prof magister ddr \
         sr sra srta srita señor señora señorita senor senora senorita  doña dona sig sig.ra sigra sig.na \
         signor signora signorina signore dott dottssa dottore dottoressa avv  geom  cav  onorevole \
          dhr mevr mevrouw mw meneer heer mej drs ir mr. senhor senhora exmo exma dra doutor doutora \
         fru frøken froken frk fröken froeken herra rouva neiti    pán paní slečna gospodin gospođa \
         gospodja gospa  г-н г-жа господин госпожа кириос kyrios kyria kyr  bayan sayın sayin \
         shri shree  smt  thiru tmt sardarni begum janab mohtarma pt \
         maulana mawlana maulvi moulvi haji hajji hadji hajjah alhaj alhaji allama mullah mulla \
         sheikh sheik shaikh shaykh sheikha ayatollah hojatoleslam \
         owura awura opanyin egya ohemaa togbe oba chief otunba alhaja malam mallam engr barr \
         datuk dato dato' datin  tunku tengku encik puan cik khun daw \
         reb rebbetzin maître maitre  esqr gentleman \
         السيد السيدة الدكتور الدكتورة الأستاذ الشيخ   श्री श्रीमती डॉ कुमारी пан пані доктор профессор \
         проф д-р",
    ),
    (
        TITLE,
        // Church.
        "rev reverend revd revs rt right hon honorable honourable honble hon'ble bishop archbishop \
         cardinal monsignor msgr archdeacon deacon deaconess canon vicar provost abbé abbe chaplain chap \
         pastor pastora elder presbyter prelate patriarch metropolitan archimandrite primate rabbi rabbin \
         minister evangelist apostle prophet swami saint st ven friar prior prioress \
         abbess dalai roshi sensei ajahn ajarn bhikkhu bhante geshe khenpo tulku",
    ),
    (
        TITLE,
        // Military, police and crews.
        "gen general lt lieutenant col colonel maj major cpt capt captain cpl corporal sgt sergeant ssgt msgt \
         tsgt sfc pfc pvt private spc specialist ltc ltcol lcpl gysgt mgysgt cwo wo warrant officer adm admiral \
         vadm radm commodore cmdr commander cdr lcdr ltjg ltcmdr ens ensign midshipman petty seaman airman \
         brig brigadier bg ltg marshal fieldmarshal commandant commissioner police constable \
         detective det inspector insp superintendent supt sheriff trooper patrolman deputy sheriff's \
         chief flight squadron wing leader pilot sqn flt wg gp cadet bombardier rifleman \
         generalleutnant generalmajor oberst hauptmann leutnant feldwebel unteroffizier commandante comandante \
         coronel capitán capitan teniente sargento général colonel commandant lieutenant-colonel",
    ),
    (
        TITLE,
        // Offices and courts.
        "president pres vice premier chancellor secretary governor gov lieutenant-governor senator sen \
         representative rep congressman congresswoman congressperson assemblyman assemblywoman assemblymember \
         councillor councilor councilman councilwoman councilmember alderman alderwoman alderperson mayor \
         mayoress lordmayor delegate ambassador consul attorney solicitor barrister advocate counsel judge \
         justice magistrate magistrate-judge chief-justice recorder bailiff comptroller treasurer auditor \
         controller chairman chairwoman chairperson director undersecretary under-secretary \
         prime foreign commissioner envoy nuncio legate chargé charge d'affaires \
         associate assistant asst assoc adjunct acting interim visiting executive principal \
         superior supreme court district federal circuit united states us usa uk american british state national \
         bench queen's king's headmaster headmistress registrar matron nurse \
         engineer coach technician manager postmaster honorary hereditary royal imperial \
          ceo cfo cto coo vp",
    ),
    (
        TITLE,
        // Nobility.
        "lord lady duke duchess archduke archduchess marquess  marquise marchioness count countess \
         viscount viscountess baron baroness baronet laird graf gräfin graefin freiherr freiherrin \
         freifrau freiin fürst fürstin fuerst herzog herzogin markgraf landgraf edler ritter prinz prinzessin \
         principe principessa príncipe princesa conde condesa duque duquesa marqués marquesa barón baronesa \
         visconde viscondessa comte comtesse duchesse vicomte vicomtesse barone baronessa conte contessa \
         marchese marchesa greve grevinde grevinna grefve friherre friherrinna baronesse jonkheer jhr jonkvrouw \
         ridder graaf gravin highness majesty excellency eminence holiness worship reverence \
         tsar tsarina czar czarina kaiser kaiserin  maharaja maharajah maharani  rajah  nawab \
          sultana caliph emperor empress mikado prince princess crown dowager infante infanta",
    ),
    (
        TITLE | INNER,
        "blessed venerable his her petty royal imperial honorary hereditary crown american british national state united prime foreign supreme \
         superior federal district circuit court bench acting interim visiting associate assistant executive principal \
         private leader wing flight squadron warrant dowager us uk usa",
    ),
    (
        TITLE | GIVEN_TITLE,
        "sir dame sister brother mother father fr king queen prince princess pope aunt auntie uncle lama \
         sheikh sheik shaikh shaykh sheikha  emperor empress tsar czar kaiser saint swami \
          doña dona friar frère soeur hermano hermana padre madre fray sor pater bruder schwester \
         maharaja maharani     infante infanta dalai master",
    ),
    (TITLE | PARTICLE, "freiherr freiherrin freifrau freiin st edler ritter"),
    (
        PARTICLE,
        "van von vom zum zur zu den der het ten ter te op aan auf 't ’t vander vanden vande vd v.d de da das do \
         dos du des del della delle dello dei degli di dal dalla dall la las le los les  el al ash az \
         ibn bin bint binti  abu abou abi umm ould ap ferch verch ua ó ní nic mac mc \
         mhic uí ui af av  san santa santo são sao sainte ste pour d' d’ \
         degl' dell' dell’ ul ur ud van't van’t vel bte bt binte s/o d/o a/l a/p \
         dela delos delas dello ла де ван фон дер ибн бин آل بن ابن بنت",
    ),
    (
        PARTICLE | NEVER_GIVEN,
        "de der dos das des af av zu vom zum zur 't ’t d' d’ vd v.d bin bint binti ibn s/o d/o a/l a/p degli dell' dell’",
    ),
    (CONJUNCTION, "and & or of the und et og och и"),
    (LINK, "y e i и و"),
    (
        GENERATION,
        "jr sr junior senior jnr snr júnior ii iii iv 1st 2nd 3rd 4th 5th filho neto \
         जूनियर सीनियर ジュニア シニア мл ст младший старший ",
    ),
    (
        DEGREE,
        // Degrees.
        "phd md dds dmd dvm vmd dphil edd jsd llb llm lld mba emba msc mphil mres mfa mlis mls mph mpa mpp \
         mha mhs msw msn bsn msc bsc bfa bba bed beng btech mtech mca bca bcom mcom mbbs mbchb mbbch mb bch \
         bchir frcs frcp frcpc facs facp facc faap facog faan fache frs frse fba dsc dlitt dlit dlit dmin mdiv \
         thd thm stm dba dpt otd dnp pharmd psyd aud edm eds dpm dc dm drph ddiv pgce pgdip bds mds bmbs mrcp \
         mrcs mrcgp mrcpsych frcgp frca frcog mrcvs dip dipl habil msce mscs bscn mdsc bdsc bvsc scd mdcm phdc \
         dhl jcd jcl lic stb stl std ddes dmus mmus bmus dma lpn",
    ),
    (
        DEGREE,
        // Licences, orders and offices behind a name.
        "esq esquire esqr cpa cfa cfp clu chfc lutc frm caia cma cia cisa cissp ccna ccnp mcse pmp psm csm cspo \
         cpim cscp cpp phr sphr shrm-cp shrm-scp gphr aca acca fca fcca acma cima fcma acis fcis cfe cva abv \
         rn lvn np aprn arnp crna cnm cns fnp fnp-bc fnp-c pa-c dnp rd rdn ldn ccc-slp slp ot otr otr/l ots dpt \
         atc cscs lmft lmhc lpc lpcc lcpc lcsw licsw lmsw lcmhc bcba ncc rph rvt emt nremt paramedic rrt cna \
         pe eit ctl asla aia faia ncarb leed ncidq iida csi aia-csi cpcu cpa/pfs cebs crpc gri crs abr \
         qc kc mp mep msp mla mlc qpm kbe obe mbe cbe gbe dbe dcb kcb gcb kcmg cmg gcmg dcmg kcvo \
         gcvo cvo lvo mvo kg om cb dso dsc dfc afc bem ao oam psm \
         usn usmc usaf uscg ret usar ang raf sj osb ofm ofmcap cssr csp svd ocd osa \
         ocarm ssp ibvm rscj facha caa ceng ieng mieee fiet miet mice fice mrics frics riba frsa frgs fras cphys \
         cchem mrsc frsc jp cpt rinpoche qsm onz emeritus emerita ttee trustee ttees realtor cfm \
         lnccc lncc cssgb cssbb cssmbb rhia rhit ccs mlt ascp cpcs pgmp itil cea crpc crb",
    ),
    (DEGREE, "先生 女士 小姐 太太 さん 様 さま 殿 氏 씨 님 박사"),
    (
        MAYBE,
        "ma ba do ed ms jd pa si chi lac meng ing capa mc ra sa bs be ad ca pt lt ms dd od \
         vd ae od bd mm cp ot ps as nd ld ap sd ea sc \
         oc eng esc ac kt am cm cc mt ch op bl bm",
    ),
    (
        MAIDEN,
        "née nee né geb geborene geborener roz rozená nata ur урожд урожденная урождённая 旧姓 舊姓 född fodt født formerly fka",
    ),
    (BOUND, "abdul abd abdel abdal abdool abu abou umm أبو ابو عبد abul"),
    (SHORT, "wm chas geo jas thos jos robt edw benj saml danl fredk richd edm eliz margt jno"),
];

/// What the tables say of a word, which is given in lower case and without its periods.
pub(super) fn flags_of(word: &str) -> u16 {
    static FLAGS: LazyLock<HashMap<&'static str, u16, Hashing>> = LazyLock::new(|| {
        let mut flags = HashMap::default();
        for (flag, words) in TABLES {
            for word in words.split_whitespace() {
                *flags.entry(word.trim_end_matches('.')).or_insert(0) |= flag;
            }
        }
        flags
    });
    FLAGS.get(word).copied().unwrap_or(0)
}

/// A set of words that is looked up for every name.
pub(super) type Words<T> = HashSet<T, Hashing>;

/// FNV-1a, which is faster than the hashing of std where words are short. The
/// tables are fixed, so nobody can make it slow.
pub(super) type Hashing = BuildHasherDefault<Fnv>;

pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
