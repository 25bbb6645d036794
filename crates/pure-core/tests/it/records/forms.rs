//! Forms of credit side by side, from a record.

use pure_core::{CreditConfig, Record};

use super::record;

#[test]
fn forms_lie_side_by_side() {
    let twice = Record {
        step_ends: vec![2, 5, 5],
        rewards: vec![0.5, -0.25, -0.25],
        ..record("a", 0)
    };
    for answer in [record("a", 0), twice] {
        let table = answer
            .compare_forms(0, &CreditConfig::every_form())
            .unwrap();
        assert_eq!((table.length, table.steps.len()), (6, 2));
        assert_eq!(table.rewards, [0.5, -0.25]);
        let names = table.forms.iter().map(|view| view.name.clone());
        let expected = CreditConfig::every_form().map(|form| form.to_string());
        assert!(names.eq(expected));
        let named = |name| table.forms.iter().find(|view| view.name == name).unwrap();
        let (min, sum) = (named("min"), named("sum:1"));
        assert_eq!(min.step_returns, [-0.25, -0.25]);
        assert_eq!(
            (sum.step_returns.as_slice(), sum.total),
            ([0.25, -0.25].as_slice(), 0.25)
        );
        assert_eq!(sum.token_rewards, [0.0, 0.0, 0.5, 0.0, 0.0, -0.25]);
        assert!(table.forms.iter().all(|view| view.token_rewards.len() == 6));
    }
    let broken = Record {
        step_ends: vec![5, 2],
        ..record("a", 3)
    };
    let error = broken.compare_forms(7, &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"record 7 (group "a", id 3): step 1 ends at token 2, not after 5, where the step before it ends"#
    );
}
