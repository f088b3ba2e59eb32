//! The fast operators under autodiff: nodes of burn's graph with the same kernels, and their gradients.
//!
//! On burn's CPU backend a training step takes several times as long as PyTorch's: convolutions build im2col
//! matrices both ways, and a group norm with SiLU is a dozen passes over the map, each with a backward pass of its
//! own. These two nodes enter the graph through burn's own extension mechanism; all other operators stay burn's.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::retro_forward::RetroForward;
use burn::backend::autodiff::checkpoint::state::BackwardStates;
use burn::backend::autodiff::checkpoint::strategy::{
    BalancedCheckpointing, CheckpointStrategy, NoCheckpointing,
};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, BackendTypes, DispatchKindConversion, DispatchTensor};
use burn::tensor::Tensor;
use burn_flex::{Flex, FlexTensor};

use super::convolution::Shape;
use super::convolution_gradients as gradients;
use super::primitives::{Norm, OnFlex, convolve_values, norm_gradients, norm_values, to_primitive};

/// A float tensor in burn's graph.
type Tracked = <Autodiff<Flex> as BackendTypes>::FloatTensorPrimitive;

/// [`super::convolve`] for tensors that gradients are asked of.
pub(super) fn convolve(
    x: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
    shape: Shape,
) -> Option<Tensor<4>> {
    if !gradients::is_supported(shape) {
        return None;
    }
    convolve_with::<NoCheckpointing>(x, weight, bias, shape)
        .or_else(|| convolve_with::<BalancedCheckpointing>(x, weight, bias, shape))
}

fn convolve_with<C: CheckpointStrategy>(
    x: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
    shape: Shape,
) -> Option<Tensor<4>>
where
    DispatchTensor: DispatchKindConversion<Autodiff<Flex, C>>,
{
    let x = tracked::<C, 4>(x)?;
    let weight = tracked::<C, 4>(weight)?;
    let values = |tracked: &Tracked| OnFlex::of_primitive(tracked.primitive().clone());
    let output = match bias {
        Some(bias) => {
            let bias = tracked::<C, 1>(bias)?;
            let output = convolve_values(shape, &values(&x)?, &values(&weight)?, Some(&values(&bias)?));
            let node = ConvolutionNode.prepare::<C>([x.node(), weight.node(), bias.node()]);
            match node.compute_bound().stateful() {
                OpsKind::Tracked(mut node) => {
                    let state = (node.checkpoint(&x), node.checkpoint(&weight), shape);
                    node.finish(state, output)
                }
                OpsKind::UnTracked(node) => node.finish(output),
            }
        }
        None => {
            let output = convolve_values(shape, &values(&x)?, &values(&weight)?, None);
            let node = ConvolutionNode.prepare::<C>([x.node(), weight.node()]);
            match node.compute_bound().stateful() {
                OpsKind::Tracked(mut node) => {
                    let state = (node.checkpoint(&x), node.checkpoint(&weight), shape);
                    node.finish(state, output)
                }
                OpsKind::UnTracked(node) => node.finish(output),
            }
        }
    };
    Some(Tensor::from_primitive::<Autodiff<Flex, C>>(output))
}

/// The tensor as a node of the graph, if it is one of single precision on burn's CPU backend.
fn tracked<C: CheckpointStrategy, const D: usize>(tensor: &Tensor<D>) -> Option<Tracked>
where
    DispatchTensor: DispatchKindConversion<Autodiff<Flex, C>>,
{
    let tracked = tensor.clone().try_into_primitive::<Autodiff<Flex, C>>().ok()?;
    OnFlex::is_single(tracked.primitive()).then_some(tracked)
}

fn retrieved(checkpointer: &mut Checkpointer, node: NodeId) -> OnFlex {
    on_flex(checkpointer.retrieve_node_output::<FlexTensor>(node))
}

fn on_flex(tensor: FlexTensor) -> OnFlex {
    OnFlex::of_primitive(tensor).expect("the forward pass saw single precision")
}

/// Picture, weight and, among three parents, bias.
#[derive(Debug)]
struct ConvolutionNode;

impl<const PARENTS: usize> Backward<Flex, PARENTS> for ConvolutionNode {
    type State = (NodeId, NodeId, Shape);

    fn backward(
        self,
        ops: Ops<Self::State, PARENTS>,
        found: &mut Gradients,
        checkpointer: &mut Checkpointer,
    ) {
        let (x, weight, shape) = ops.state;
        let gradient = on_flex(found.consume::<Flex>(&ops.node));
        let (x, weight) = (retrieved(checkpointer, x), retrieved(checkpointer, weight));
        let batch = gradient.dims()[0];
        for (parent, node) in ops.parents.into_iter().enumerate() {
            let Some(node) = node else { continue };
            let tensor = match parent {
                0 => {
                    let of_input = gradients::of_input(shape, weight.values(), gradient.values());
                    to_primitive(of_input, [batch, shape.channels_in, shape.height, shape.width])
                }
                1 => {
                    let of_weight = gradients::of_weight(shape, x.values(), gradient.values());
                    to_primitive(
                        of_weight,
                        [shape.channels_out, shape.channels_in, shape.kernel, shape.kernel],
                    )
                }
                _ => to_primitive(gradients::of_bias(shape, gradient.values()), [shape.channels_out]),
            };
            found.register::<Flex>(node.id, tensor);
        }
    }
}

/// [`super::group_norm_act`] for tensors that gradients are asked of; `factor` and `offset` are `[batch,
/// channels]`.
pub(super) fn group_norm_act(
    x: &Tensor<4>,
    factor: &Tensor<2>,
    offset: &Tensor<2>,
    norm: Norm,
) -> Option<Tensor<4>> {
    norm_with::<NoCheckpointing>(x, factor, offset, norm)
        .or_else(|| norm_with::<BalancedCheckpointing>(x, factor, offset, norm))
}

fn norm_with<C: CheckpointStrategy>(
    x: &Tensor<4>,
    factor: &Tensor<2>,
    offset: &Tensor<2>,
    norm: Norm,
) -> Option<Tensor<4>>
where
    DispatchTensor: DispatchKindConversion<Autodiff<Flex, C>>,
{
    let parents = [tracked::<C, 4>(x)?, tracked::<C, 2>(factor)?, tracked::<C, 2>(offset)?];
    let [x, factor, offset] = &parents;
    let values = |tracked: &Tracked| OnFlex::of_primitive(tracked.primitive().clone());
    let output = norm_values(norm, &values(x)?, &values(factor)?, &values(offset)?);
    let again = NormAgain { parents: [x.id(), factor.id(), offset.id()], norm };
    let node = NormNode
        .prepare::<C>([x.node(), factor.node(), offset.node()])
        .memory_bound()
        .retro_forward(again)
        .parents(&parents);
    let output = match node.stateful() {
        OpsKind::Tracked(mut node) => {
            let state = ([x, factor, offset].map(|parent| node.checkpoint(parent)), norm);
            node.finish(state, output)
        }
        OpsKind::UnTracked(node) => node.finish(output),
    };
    Some(Tensor::from_primitive::<Autodiff<Flex, C>>(output))
}

/// Picture, factor, offset.
#[derive(Debug)]
struct NormNode;

impl Backward<Flex, 3> for NormNode {
    type State = ([NodeId; 3], Norm);

    fn backward(self, ops: Ops<Self::State, 3>, found: &mut Gradients, checkpointer: &mut Checkpointer) {
        let (nodes, norm) = ops.state;
        let gradient = on_flex(found.consume::<Flex>(&ops.node));
        let [x, factor, offset] = nodes.map(|node| retrieved(checkpointer, node));
        let tensors = norm_gradients(norm, &x, &factor, &offset, &gradient);
        for (node, tensor) in ops.parents.into_iter().zip(tensors) {
            if let Some(node) = node {
                found.register::<Flex>(node.id, tensor);
            }
        }
    }
}

/// Computes a norm again in the backward pass, where memory is to be saved.
#[derive(Debug)]
struct NormAgain {
    parents: [NodeId; 3],
    norm: Norm,
}

impl RetroForward for NormAgain {
    fn forward(&self, states: &mut BackwardStates, out_node: NodeId) {
        let [x, factor, offset] = self.parents.map(|node| on_flex(states.get_state::<FlexTensor>(&node)));
        states.save(out_node, norm_values(self.norm, &x, &factor, &offset));
    }
}
