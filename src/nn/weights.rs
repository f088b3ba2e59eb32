//! The tensors of a network by name, read and replaced.
//!
//! A name is the path through the modules' fields, as in `down.0.blocks.0.conv_1.weight`. Linear layers keep
//! burn's `[inputs, outputs]`.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

/// One named tensor on the CPU.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// As in model files.
    pub name: String,
    /// Its axes.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// The shape of every tensor by name. Reads no values and initialises none.
pub fn shapes(module: &impl Module) -> BTreeMap<String, Vec<usize>> {
    let mut visitor = ShapeVisitor { path: Vec::new(), shapes: BTreeMap::new() };
    module.visit(&mut visitor);
    visitor.shapes
}

/// Every tensor of the module, read back to the CPU as `f32`.
pub fn collect(module: &impl Module) -> Vec<NamedTensor> {
    let mut visitor = ValueVisitor { path: Vec::new(), tensors: Vec::new() };
    module.visit(&mut visitor);
    visitor.tensors
}

/// The module with its tensors replaced by `values` (row-major); tensors that are not named stay.
///
/// # Panics
/// If a value's length is not its tensor's; compare with [`shapes`] first.
pub fn assign<M: Module>(module: M, values: BTreeMap<String, Vec<f32>>) -> M {
    module.map(&mut Assignment { path: Vec::new(), values })
}

struct ShapeVisitor {
    path: Vec<String>,
    shapes: BTreeMap<String, Vec<usize>>,
}

impl ModuleVisitor for ShapeVisitor {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.shapes.insert(self.path.join("."), param.lazy_shape().dims::<D>().to_vec());
    }
}

struct ValueVisitor {
    path: Vec<String>,
    tensors: Vec<NamedTensor>,
}

impl ModuleVisitor for ValueVisitor {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        self.tensors.push(NamedTensor {
            name: self.path.join("."),
            shape: tensor.dims().to_vec(),
            values: tensor.into_data_as::<f32>().iter::<f32>().collect(),
        });
    }
}

struct Assignment {
    path: Vec<String>,
    values: BTreeMap<String, Vec<f32>>,
}

impl ModuleMapper for Assignment {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.remove(&self.path.join(".")) else { return param };
        let shape = param.lazy_shape();
        assert_eq!(values.len(), shape.num_elements(), "values of {}", self.path.join("."));
        let tensor = Tensor::from_data(TensorData::new(values, shape), &param.lazy_device());
        let id = param.id;
        param.transform_for_load(tensor, id)
    }
}
