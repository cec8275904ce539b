import csv,sys,itertools,collections
def main(folder,out,link,pairs=None):
    if link:
        truth={(r['id_a'],r['id_b']) for r in csv.DictReader(open(folder+'/truth.csv'))}
        found={(r['id_a'],r['id_b']) for r in csv.DictReader(open(out))}
    else:
        def pr(f):
            g=collections.defaultdict(list)
            for r in csv.DictReader(open(f)): g[r['cluster']].append(r['id'])
            return {tuple(sorted(p)) for m in g.values() for p in itertools.combinations(m,2)}
        truth=pr(folder+'/truth.csv'); found=pr(out)
    tp=len(truth&found); p=tp/max(1,len(found)); r=tp/len(truth)
    print(folder.split('/')[-1], f"P={p:.4f} R={r:.4f} F1={2*p*r/max(1e-9,p+r):.4f} tp={tp} found={len(found)} truth={len(truth)}")
main(sys.argv[1],sys.argv[2],sys.argv[3]=='1')
