//! Which picture belongs to what is shown: the one owner of job numbers.
//!
//! A page is left and the next one asked for in one frame, in either order: the window may notice first that another
//! page is shown, or first ask for its picture. Both go through [`PictureRequests::look_at`], so that a job of the new
//! page can never be taken for one of the page before.

/// The jobs of the synthesis thread and what they are for. `K` is everything a picture depends on beside the page.
#[derive(Clone, Debug)]
pub struct PictureRequests<K> {
    /// Number of the view that is looked at.
    view_number: Option<u64>,
    /// What the newest picture was requested for.
    requested: Option<K>,
    last_given: u64,
    /// Job of the newest picture.
    newest: u64,
    /// Jobs up to this one belong to views before.
    before_view: u64,
}

impl<K> Default for PictureRequests<K> {
    fn default() -> Self {
        Self { view_number: None, requested: None, last_given: 0, newest: 0, before_view: 0 }
    }
}

impl<K: PartialEq> PictureRequests<K> {
    /// A number for a job whose picture is not for the screen.
    pub fn other_job(&mut self) -> u64 {
        self.last_given += 1;
        self.last_given
    }

    /// A view is shown. Returns whether it is another one: pictures of the one before are of no use any more.
    pub fn look_at(&mut self, view_number: u64) -> bool {
        let is_another = self.view_number != Some(view_number);
        if is_another {
            self.leave_view();
            self.view_number = Some(view_number);
        }
        is_another
    }

    /// No view is looked at, whatever numbers those have that come: the next one is another one.
    pub fn leave_view(&mut self) {
        self.view_number = None;
        self.requested = None;
        self.before_view = self.last_given;
    }

    /// The job that is to make the picture of the view looked at; `None` if the same was requested already.
    pub fn request(&mut self, key: K) -> Option<u64> {
        if self.requested.as_ref() == Some(&key) {
            return None;
        }
        self.requested = Some(key);
        self.newest = self.other_job();
        Some(self.newest)
    }

    /// Whether a job's picture is of the view looked at.
    pub fn is_of_view(&self, job: u64) -> bool {
        job > self.before_view
    }

    /// Whether a job's picture is the newest that was requested.
    pub fn is_newest(&self, job: u64) -> bool {
        job == self.newest
    }

    /// Another thread answers from now on: everything is to be requested of it anew, under numbers that go on.
    pub fn start_over(&mut self) {
        self.requested = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What may happen in the window and on the thread, in any order.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Edit,
        Switch,
        /// The beginning of a frame: the window notices what is shown.
        Notice,
        /// The end of a frame: the picture of what is shown is requested.
        Follow,
        Export,
        /// The thread answers the newest request, with a draft or all of it.
        Draw,
        /// The window takes what was drawn.
        Take,
    }

    /// The window with a thread that draws what it is asked for.
    #[derive(Default)]
    struct Window {
        requests: PictureRequests<u64>,
        view_number: u64,
        revision: u64,
        /// Waits in the thread's mailbox: job, view and revision.
        mailbox: Option<(u64, u64, u64)>,
        drawn: Option<(u64, u64, u64)>,
        on_screen: Option<(u64, u64)>,
    }

    impl Window {
        fn look(&mut self) {
            if self.requests.look_at(self.view_number) {
                self.on_screen = None;
            }
        }

        fn step(&mut self, step: Step) {
            match step {
                Step::Edit => self.revision += 1,
                Step::Switch => (self.view_number, self.revision) = (self.view_number + 1, 0),
                Step::Notice => self.look(),
                Step::Follow => {
                    self.look();
                    if let Some(job) = self.requests.request(self.revision) {
                        self.mailbox = Some((job, self.view_number, self.revision));
                    }
                }
                Step::Export => drop(self.requests.other_job()),
                Step::Draw => self.drawn = self.mailbox.take().or(self.drawn.take()),
                Step::Take => {
                    self.look();
                    if let Some((job, view_number, revision)) = self.drawn.take()
                        && self.requests.is_of_view(job)
                    {
                        assert_eq!(view_number, self.view_number, "a picture of another page is shown");
                        assert!(revision != self.revision || self.requests.is_newest(job));
                        self.on_screen = Some((view_number, revision));
                    }
                }
            }
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => Just(Step::Edit),
            2 => Just(Step::Switch),
            2 => Just(Step::Notice),
            4 => Just(Step::Follow),
            1 => Just(Step::Export),
            4 => Just(Step::Draw),
            4 => Just(Step::Take),
        ]
    }

    proptest! {
        #[test]
        fn after_any_switches_and_edits_the_newest_picture_arrives(
            steps in prop::collection::vec(step(), 0..60),
            last in prop::sample::select(vec![
                // An action ends a frame: what it shows is requested before the next frame notices it.
                vec![Step::Switch, Step::Follow, Step::Draw, Step::Notice, Step::Take],
                vec![Step::Switch, Step::Follow, Step::Notice, Step::Draw, Step::Take],
                vec![Step::Switch, Step::Notice, Step::Follow, Step::Draw, Step::Take],
                vec![Step::Edit, Step::Follow, Step::Draw, Step::Take],
            ]),
        ) {
            let mut window = Window::default();
            for step in steps.into_iter().chain(last) {
                window.step(step);
            }
            prop_assert_eq!(window.on_screen, Some((window.view_number, window.revision)));
        }
    }

    #[test]
    fn the_same_is_requested_once_and_again_of_another_thread() {
        let mut requests = PictureRequests::default();
        requests.look_at(0);
        let job = requests.request("mask").expect("the first");
        assert_eq!(requests.request("mask"), None);
        requests.start_over();
        let again = requests.request("mask").expect("the other thread has not seen it");
        assert!(again > job && requests.is_newest(again) && requests.is_of_view(job));
        requests.leave_view();
        assert!(!requests.is_of_view(again) && requests.look_at(0), "a view of that number is another one");
    }
}
