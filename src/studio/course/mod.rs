//! One eye over time, on the page of cases: visits between the case in the form and a template, under a slider, with
//! their curves and their files.

mod case_view;
mod course_view;
mod curves;
mod making;
mod retina_picture;
mod visit_scans;

pub(in crate::studio) use case_view::CaseView;
pub(in crate::studio) use course_view::CourseView;
pub(in crate::studio) use retina_picture::RetinaPicture;
